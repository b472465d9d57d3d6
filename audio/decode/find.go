package decode

import "os/exec"

// FindFFmpeg is the path of the ffmpeg that this machine has, "" for none.
func FindFFmpeg() string {
	path, err := exec.LookPath("ffmpeg")
	if err != nil {
		return ""
	}
	return path
}
