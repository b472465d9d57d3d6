package schedule

import "math"

// This file is the sky that the lunar calendar stands on: the moment of a new moon and the place of the sun, written from
// published series. New moons: Jean Meeus, Astronomical Algorithms (2nd ed., 1998), chapter 49; by his account wrong by 4 s
// on average and 17 s at worst in our years. The sun: P. Bretagnon and J.-L. Simon, Planetary Programs and Tables (1986),
// with aberration and nutation; within 0.001°, a minute and a half of time, of another library's sun from 1942 to 2252.
// What the turning of the earth will do (delta T) is a forecast, by Espenak and Meeus: right to seconds now, perhaps to a
// few minutes by 2200. A new moon within such a time of midnight may therefore fall on the other day.

const (
	epoch2000  = 2451545.0 // Julian day of 2000-01-01 12:00, terrestrial time
	unixJulian = 2440587.5 // Julian day of 1970-01-01 00:00 UT
	// lunarHours is the meridian of the calendar, whatever the station's zone of time is: Vietnam's calendar goes by UTC+7.
	lunarHours = 7.0
	synodic    = 29.530588861
	// firstMoon is the mean new moon that lunations are counted from, in January 2000.
	firstMoon = 2451550.09766
)

func sine(degrees float64) float64   { return math.Sin(turn(degrees) * math.Pi / 180) }
func cosine(degrees float64) float64 { return math.Cos(turn(degrees) * math.Pi / 180) }

// turn brings an angle to 0–360°, far quicker than math.Mod does.
func turn(degrees float64) float64 { return degrees - 360*math.Floor(degrees/360) }

// deltaT is terrestrial less universal time, in days, at a Julian day.
func deltaT(julian float64) float64 {
	year := 2000 + (julian-2451544.5)/365.2425
	t, u := year-2000, (year-1820)/100
	seconds := 0.0
	switch {
	case year < 1986:
		t = year - 1975
		seconds = 45.45 + 1.067*t - t*t/260 - t*t*t/718
	case year < 2005:
		seconds = 63.86 + t*(0.3345+t*(-0.060374+t*(0.0017275+t*(0.000651814+t*0.00002373599))))
	case year < 2050:
		seconds = 62.92 + t*(0.32217+t*0.005589)
	case year < 2150:
		seconds = -20 + 32*u*u - 0.5628*(2150-year)
	default:
		seconds = -20 + 32*u*u
	}
	return seconds / secondsPerDay
}

// moonTerm is one pull on the moment of a new moon: days × E^e × sin(m·M + a·M′ + f·F).
type moonTerm struct {
	days    float64
	e       int // how often the eccentricity of the earth's path weakens it
	m, a, f float64
}

// newMoonDay is the civil day (since 1970-01-01) at UTC+7 of the new moon number k, counted from January 2000.
func newMoonDay(k int64) int64 {
	julian := newMoon(float64(k))
	return int64(math.Floor(julian - deltaT(julian) + lunarHours/24 - unixJulian))
}

// newMoon is the moment of the true new moon number k, a Julian day of terrestrial time.
func newMoon(k float64) float64 {
	t := k / 1236.85
	t2, t3, t4 := t*t, t*t*t, t*t*t*t
	julian := firstMoon + synodic*k + 0.00015437*t2 - 0.000000150*t3 + 0.00000000073*t4
	e := 1 - 0.002516*t - 0.0000074*t2
	weakened := [...]float64{1, e, e * e}
	m := 2.5534 + 29.10535670*k - 0.0000014*t2 - 0.00000011*t3
	a := 201.5643 + 385.81693528*k + 0.0107582*t2 + 0.00001238*t3 - 0.000000058*t4
	f := 160.7108 + 390.67050284*k - 0.0016118*t2 - 0.00000227*t3 + 0.000000011*t4
	node := 124.7746 - 1.56375588*k + 0.0020672*t2 + 0.00000215*t3
	for _, c := range [...]moonTerm{
		{-0.40720, 0, 0, 1, 0}, {0.17241, 1, 1, 0, 0}, {0.01608, 0, 0, 2, 0}, {0.01039, 0, 0, 0, 2},
		{0.00739, 1, -1, 1, 0}, {-0.00514, 1, 1, 1, 0}, {0.00208, 2, 2, 0, 0}, {-0.00111, 0, 0, 1, -2},
		{-0.00057, 0, 0, 1, 2}, {0.00056, 1, 1, 2, 0}, {-0.00042, 0, 0, 3, 0}, {0.00042, 1, 1, 0, 2},
		{0.00038, 1, 1, 0, -2}, {-0.00024, 1, -1, 2, 0}, {-0.00007, 0, 2, 1, 0}, {0.00004, 0, 0, 2, -2},
		{0.00004, 0, 3, 0, 0}, {0.00003, 0, 1, 1, -2}, {0.00003, 0, 0, 2, 2}, {-0.00003, 0, 1, 1, 2},
		{0.00003, 0, -1, 1, 2}, {-0.00002, 0, -1, 1, -2}, {-0.00002, 0, 1, 3, 0}, {0.00002, 0, 0, 4, 0},
	} {
		julian += c.days * weakened[c.e] * sine(c.m*m+c.a*a+c.f*f)
	}
	julian -= 0.00017 * sine(node)
	for _, p := range [...][3]float64{ // the planets: days, degrees, degrees for each lunation
		{0.000325, 299.77 - 0.009173*t2, 0.107408}, {0.000165, 251.88, 0.016321}, {0.000164, 251.83, 26.651886},
		{0.000126, 349.42, 36.412478}, {0.000110, 84.66, 18.206239}, {0.000062, 141.74, 53.303771},
		{0.000060, 207.14, 2.453732}, {0.000056, 154.84, 7.306860}, {0.000047, 34.52, 27.261239},
		{0.000042, 207.19, 0.121824}, {0.000040, 291.34, 1.844379}, {0.000037, 161.72, 24.198154},
		{0.000035, 239.56, 25.513099}, {0.000023, 331.55, 3.592518},
	} {
		julian += p[0] * sine(p[1]+p[2]*k)
	}
	return julian
}

// sunTerm is one pull on the place of the sun: size × sin(at + perCentury·T).
type sunTerm struct{ size, at, perCentury float64 }

// sunLongitude is the apparent longitude of the sun, degrees 0–360, at a Julian day of terrestrial time.
func sunLongitude(julian float64) float64 {
	t := (julian - epoch2000) / 36525
	pull := 0.0
	for _, c := range [...]sunTerm{
		{403406, 270.54861, 0.9287892}, {195207, 340.19128, 35999.1376958}, {119433, 63.91854, 35999.4089666},
		{112392, 331.26220, 35998.7287385}, {3891, 317.843, 71998.20261}, {2819, 86.631, 71998.4403},
		{1721, 240.052, 36000.35726}, {660, 310.26, 71997.4812}, {350, 247.23, 32964.4678}, {334, 260.87, -19.4410},
		{314, 297.82, 445267.1117}, {268, 343.14, 45036.8840}, {242, 166.79, 3.1008}, {234, 81.53, 22518.4434},
		{158, 3.50, -19.9739}, {132, 132.75, 65928.9345}, {129, 182.95, 9038.0293}, {114, 162.03, 3034.7684},
		{99, 29.8, 33718.148}, {93, 266.4, 3034.448}, {86, 249.2, -2280.773}, {78, 157.6, 29929.992}, {72, 257.8, 31556.493},
		{68, 185.1, 149.588}, {64, 69.9, 9037.750}, {46, 8.0, 107997.405}, {38, 197.1, -4444.176}, {37, 250.4, 151.771},
		{32, 65.3, 67555.316}, {29, 162.7, 31556.080}, {28, 341.5, -4561.540}, {27, 291.6, 107996.706}, {27, 98.5, 1221.655},
		{25, 146.7, 62894.167}, {24, 110.0, 31437.369}, {21, 5.2, 14578.298}, {21, 342.6, -31931.757}, {20, 230.9, 34777.243},
		{18, 256.1, 1221.999}, {17, 45.3, 62894.511}, {14, 242.9, -4442.039}, {13, 115.2, 107997.909}, {13, 151.8, 119.066},
		{13, 285.3, 16859.071}, {12, 53.3, -4.578}, {10, 126.6, 26895.292}, {10, 205.7, -39.127}, {10, 85.9, 12297.536},
		{10, 146.1, 90073.778},
	} {
		pull += c.size * sine(c.at+c.perCentury*t)
	}
	const tenMillionth = 180 / math.Pi / 1e7 // the sizes are in ten-millionths of a radian
	long := 282.7771834 + 36000.76953744*t + tenMillionth*pull
	long += 0.0000974*cosine(177.63+35999.01848*t) - 0.005575 // aberration
	long += -0.004778*sine(124.90-1934.134*t+0.002063*t*t) - 0.0003667*sine(201.11+72001.5377*t+0.00057*t*t)
	return turn(long)
}

// majorTerm is which of the twelve parts of its yearly way, each of 30°, the sun is in at the beginning of a civil day at
// UTC+7: 0 from the March equinox, 9 from the winter solstice.
func majorTerm(day int64) int {
	julian := float64(day) + unixJulian - lunarHours/24
	return int(sunLongitude(julian+deltaT(julian)) / 30)
}
