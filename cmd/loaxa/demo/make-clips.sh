#!/usr/bin/env bash
# Makes the two demo clips beside this script. Needs espeak-ng (with its Vietnamese voice) and ffmpeg:
#   apt-get install espeak-ng ffmpeg
# The clips are committed, so that building and running need neither; run this only to change the words.
#
# The words are the project's own; they are placeholders for a demonstration and no agency's text. A real station plays
# recordings of its own announcer.
#
#   gia-danh-cong-an.mp3    Cảnh báo giả danh công an
#   khong-cho-muon-otp.mp3  Không đưa mã OTP cho ai
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

# make FILE TITLE TEXT...: each TEXT is one sentence group, spoken with a pause after it. The MP3 is mono, 24 kHz (the
# voice has nothing above 11 kHz), 64 kbit/s, levelled to -18 LUFS with the true peak under -2 dBTP, with the title in
# its tag and nothing about the machine that made it.
make() {
  local file=$1 title=$2
  shift 2
  printf '%s\n\n' "$@" |
    espeak-ng -v vi -s 175 -g 3 --stdout |
    ffmpeg -hide_banner -loglevel error -y -i pipe:0 \
      -af 'loudnorm=I=-18:TP=-2:LRA=7,aresample=24000' -ac 1 \
      -c:a libmp3lame -b:a 64k -bitexact -map_metadata -1 -id3v2_version 3 -metadata "title=$title" "$file"
}

make gia-danh-cong-an.mp3 'Cảnh báo giả danh công an' \
  'Bà con chú ý.' \
  'Công an không làm việc qua điện thoại, không yêu cầu chuyển tiền.' \
  'Ai tự xưng công an và đòi tiền là kẻ lừa đảo.' \
  'Hãy tắt máy và báo ngay cho công an xã.'

make khong-cho-muon-otp.mp3 'Không đưa mã OTP cho ai' \
  'Bà con chú ý.' \
  'Mã ô tê pê là chìa khóa tài khoản của mình.' \
  'Không đọc mã cho bất kỳ ai, kể cả người tự xưng là nhân viên ngân hàng.' \
  'Không cho người lạ mượn điện thoại.'
