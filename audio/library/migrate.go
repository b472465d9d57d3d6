package library

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"

	"go.etcd.io/bbolt"
)

// schemaVersion is what this program writes. An older one is migrated when the library is opened, a newer one refused.
//
//	1  a clip is approved by who brings it: approved_by and approved_at
//	2  it is a draft at first; the approval names the bytes that it holds for
const schemaVersion = 2

// prepare makes the buckets, or brings those of an older program to what this one writes: wholly or, after an error,
// not at all, since all of it is one transaction.
func prepare(tx *bbolt.Tx) error {
	root, err := tx.CreateBucketIfNotExists(bucketRoot)
	if err != nil {
		return err
	}
	stored, err := schemaOf(root)
	if err != nil {
		return err
	}
	for _, name := range [][]byte{bucketClip, bucketHash, bucketTime, bucketPending} {
		if _, err := root.CreateBucketIfNotExists(name); err != nil {
			return err
		}
	}
	if stored == schemaVersion {
		return nil
	}
	if stored == 1 {
		if err := approvals(root.Bucket(bucketClip)); err != nil {
			return fmt.Errorf("migrating from schema 1: %w", err)
		}
	}
	return root.Put(keySchema, binary.BigEndian.AppendUint64(nil, schemaVersion))
}

// schemaOf is 0 for a new library.
func schemaOf(root *bbolt.Bucket) (uint64, error) {
	switch raw := root.Get(keySchema); {
	case raw == nil:
		return 0, nil
	case len(raw) != 8:
		return 0, fmt.Errorf("reading schema version of the library: %d bytes instead of 8", len(raw))
	case binary.BigEndian.Uint64(raw) > schemaVersion:
		return 0, fmt.Errorf("schema %d, this program knows %d: %w", binary.BigEndian.Uint64(raw), schemaVersion, ErrNewerSchema)
	default:
		return binary.BigEndian.Uint64(raw), nil
	}
}

// approvals gives the clips of schema 1 the approval that they had: of the bytes that they have, since those could not
// change then. No change is recorded: nobody did anything.
func approvals(clips *bbolt.Bucket) error {
	var ids [][]byte
	err := clips.ForEach(func(id, _ []byte) error {
		ids = append(ids, slices.Clone(id)) // a bucket is not to be changed while it is walked
		return nil
	})
	if err != nil {
		return err
	}
	for _, id := range ids {
		var c Clip
		if err := json.Unmarshal(clips.Get(id), &c); err != nil {
			return fmt.Errorf("reading clip %s: %w", id, err)
		}
		if c.State == StateApproved && c.ApprovedAt.IsZero() {
			c.ApprovedBy, c.ApprovedAt = c.ImportedBy, c.ImportedAt
		}
		if c.Approval == nil && !c.ApprovedAt.IsZero() {
			c.Approval = &Approval{By: c.ApprovedBy, At: c.ApprovedAt, SHA256: c.SHA256, CanonicalSHA256: c.CanonicalSHA256}
		}
		raw, err := json.Marshal(c)
		if err != nil {
			return fmt.Errorf("encoding clip %s: %w", id, err)
		}
		if err := clips.Put(id, raw); err != nil {
			return err
		}
	}
	return nil
}
