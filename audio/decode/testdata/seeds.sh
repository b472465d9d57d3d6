#!/bin/sh
# Makes the small files from which fuzzing begins: a fifth of a second of tone in each format. Needs ffmpeg.
set -eu
cd "$(dirname "$0")"
mkdir -p seeds
make() { # name, options
	name=$1
	shift
	ffmpeg -hide_banner -loglevel error -nostdin -y -f lavfi -i "sine=frequency=440:sample_rate=48000:duration=0.2,volume=2" \
		-map_metadata -1 -metadata_header_padding 16 -fflags +bitexact -flags:a +bitexact -metadata title=Thử "$@" "seeds/$name"
}
make mono.wav -ar 8000 -c:a pcm_u8
make stereo.wav -ar 8000 -ac 2 -c:a pcm_s24le
make mono.mp3 -ar 22050 -b:a 24k
make stereo.mp3 -ar 44100 -ac 2 -b:a 64k -write_id3v1 1
make mono.flac -ar 8000
make stereo.flac -ar 16000 -ac 2 -compression_level 8
make mono.ogg -ar 8000 -c:a libvorbis -q:a 0
make stereo.ogg -ar 22050 -ac 2 -c:a libvorbis -q:a 1
make mono.aac -ar 16000 -c:a aac -b:a 24k -f adts
make stereo.aac -ar 44100 -ac 2 -c:a aac -b:a 64k -f adts
make mono.m4a -ar 16000 -c:a aac -b:a 24k
make fast.m4a -ar 44100 -ac 2 -c:a aac -b:a 48k -movflags +faststart
make quick.mov -ar 22050 -c:a aac -b:a 24k
