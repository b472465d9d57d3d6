package decode

// magic is how a kind of file begins.
type magic struct {
	at      int
	bytes   string
	kind    kind
	name    string // English; of what is not audio, also a key of vietnamese
	demuxer string // of ffmpeg; "" where it has none, or none that is wanted
}

// magics are audio, video and other files that people try to import, by the bytes they begin with. The first that
// matches counts.
var magics = []magic{
	{0, "fLaC", kindFLAC, "FLAC", "flac"},
	{0, "#!AMR", kindForeign, "AMR", "amr"},
	{8, "AIFF", kindForeign, "AIFF", "aiff"},
	{8, "AIFC", kindForeign, "AIFF", "aiff"},
	{0, "caff", kindForeign, "CAF", "caf"},
	{0, "RF64", kindForeign, "RF64 WAV", "wav"},
	{0, "BW64", kindForeign, "BW64 WAV", "wav"},
	{0, "RIFX", kindForeign, "RIFX WAV", "wav"},
	{0, "riff\x2e\x91\xcf\x11", kindForeign, "Wave64", "w64"},
	{8, "AVI ", kindForeign, "AVI video", "avi"},
	{8, "QLCM", kindForeign, "QCP", "qcp"},
	{8, "WEBP", kindNotAudio, "picture", ""},
	{0, "RIFF", kindNotAudio, "RIFF file without sound", ""},
	{0, ".snd", kindForeign, "AU", "au"},
	{0, "\x30\x26\xb2\x75\x8e\x66\xcf\x11", kindForeign, "WMA", "asf"},
	{0, "\x1a\x45\xdf\xa3", kindForeign, "WebM/Matroska", "matroska"},
	{0, "FLV\x01", kindForeign, "FLV video", "flv"},
	{0, ".RMF", kindForeign, "RealAudio", "rm"},
	{0, "Creative Voice File", kindForeign, "VOC", "voc"},
	{0, "\x00\x00\x01\xba", kindForeign, "MPEG video", "mpeg"},
	{0, "wvpk", kindForeign, "WavPack", "wv"},
	{0, "MAC ", kindForeign, "Monkey's Audio", "ape"},
	{0, "TTA1", kindForeign, "True Audio", "tta"},
	{0, "MPCK", kindForeign, "Musepack", "mpc8"},
	{0, "\x0b\x77", kindForeign, "AC-3", "ac3"},
	{0, "MThd", kindForeign, "MIDI", ""},
	{0, "ADIF", kindForeign, "AAC (ADIF)", ""},

	{0, "PK\x03\x04", kindNotAudio, "ZIP or Office document", ""},
	{0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", kindNotAudio, "Office document", ""},
	{0, "{\\rtf", kindNotAudio, "Office document", ""},
	{0, "Rar!", kindNotAudio, "RAR archive", ""},
	{0, "7z\xbc\xaf", kindNotAudio, "7z archive", ""},
	{0, "\x1f\x8b", kindNotAudio, "gzip archive", ""},
	{0, "%PDF", kindNotAudio, "PDF document", ""},
	{0, "\x89PNG", kindNotAudio, "picture", ""},
	{0, "\xff\xd8\xff", kindNotAudio, "picture", ""},
	{0, "GIF8", kindNotAudio, "picture", ""},
	{0, "II*\x00", kindNotAudio, "picture", ""},
	{0, "MM\x00*", kindNotAudio, "picture", ""},
	{0, "BM", kindNotAudio, "picture", ""},
	{0, "MZ", kindNotAudio, "Windows program", ""},
	{0, "\x7fELF", kindNotAudio, "Linux program", ""},
	{0, "SQLite format 3", kindNotAudio, "database", ""},
	{0, "#EXTM3U", kindNotAudio, "playlist of links", ""},
	{0, "[playlist]", kindNotAudio, "playlist of links", ""},
}

// vietnamese names what is not audio.
var vietnamese = map[string]string{
	"picture":                 "tệp ảnh",
	"RIFF file without sound": "tệp RIFF không có tiếng",
	"ZIP or Office document":  "tệp nén ZIP hoặc văn bản Office",
	"Office document":         "văn bản Office",
	"RAR archive":             "tệp nén RAR",
	"7z archive":              "tệp nén 7z",
	"gzip archive":            "tệp nén gzip",
	"PDF document":            "văn bản PDF",
	"Windows program":         "chương trình Windows",
	"Linux program":           "chương trình Linux",
	"database":                "tệp cơ sở dữ liệu",
	"playlist of links":       "danh sách liên kết, không chứa âm thanh",
	"text":                    "tệp văn bản",
}

// oggCodecs are the streams that an Ogg file may hold, by the bytes their first packet begins with.
var oggCodecs = []magic{
	{0, "\x01vorbis", kindVorbis, "Ogg Vorbis", "ogg"},
	{0, "OpusHead", kindForeign, "Opus", "ogg"},
	{0, "\x7fFLAC", kindForeign, "FLAC in Ogg", "ogg"},
	{0, "Speex   ", kindForeign, "Speex", "ogg"},
	{0, "PCM     ", kindForeign, "Ogg PCM", "ogg"},
}

// codecBox names what an MP4 file may hold beside AAC.
var codecBox = map[string]string{
	"alac": "Apple Lossless (ALAC)",
	"samr": "3GP, AMR",
	"sawb": "3GP, AMR wideband",
	"ac-3": "MP4, AC-3",
	"ec-3": "MP4, E-AC-3",
	"Opus": "MP4, Opus",
	"fLaC": "MP4, FLAC",
	".mp3": "MP4, MP3",
	"sowt": "QuickTime, PCM",
	"twos": "QuickTime, PCM",
	"lpcm": "QuickTime, PCM",
}
