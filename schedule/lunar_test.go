package schedule

import (
	"bufio"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

func solar(d time.Time) Date { return Date(d.Format(time.DateOnly)) }

// The dates that everybody knows, and those at which a calendar of UTC+8 would be a day, or a month, wrong.
func TestLunarDatesThatPeopleKnow(t *testing.T) {
	for date, want := range map[Date][3]int{ // day, month, year
		"2026-02-17": {1, 1, 2026}, "2027-02-06": {1, 1, 2027}, "2028-01-26": {1, 1, 2028}, "2029-02-13": {1, 1, 2029},
		"2030-02-02": {1, 1, 2030}, // UTC+8: 3 February
		"2007-02-17": {1, 1, 2007}, // UTC+8: 18 February
		"1985-01-21": {1, 1, 1985}, // UTC+8: 20 February
		"2026-04-26": {10, 3, 2026}, "2027-04-16": {10, 3, 2027}, "2028-04-04": {10, 3, 2028},
		"2026-02-16": {29, 12, 2025}, "2026-09-25": {15, 8, 2026},
	} {
		if d, m, y, leap := LunarOf(date); d != want[0] || m != want[1] || y != want[2] || leap {
			t.Errorf("%s is %d/%d/%d (leap %v), want %v", date, d, m, y, leap, want)
		}
	}
	for _, c := range []struct {
		date  Date
		month int
	}{{"2025-07-25", 6}, {"2028-06-23", 5}, {"2033-12-22", 11}} {
		if d, m, _, leap := LunarOf(c.date); d != 1 || m != c.month || !leap {
			t.Errorf("%s begins month %d (leap %v, day %d), want leap %d", c.date, m, leap, d, c.month)
		}
	}
}

// fromMidnight is how far a month's new moon lies from a midnight at UTC+7, by our astronomy.
func fromMidnight(firstDay time.Time) time.Duration {
	k := int64((float64(firstDay.Unix()/secondsPerDay) + unixJulian - firstMoon) / synodic)
	best := 24 * time.Hour
	for n := k - 2; n <= k+2; n++ {
		julian := newMoon(float64(n))
		at := julian - deltaT(julian) + lunarHours/24 - unixJulian // days since 1970 by the local clock
		if d := at - float64(firstDay.Unix()/secondsPerDay); d > -0.5 && d < 1.5 {
			frac := at - float64(int64(at))
			best = time.Duration(min(frac, 1-frac) * 24 * float64(time.Hour))
		}
	}
	return best
}

// Every month of two hundred years, against a table that was made by another program with another astronomy. Where a new
// moon comes within two minutes of midnight the two may differ by a day: nobody knows today how the earth will have turned.
func TestLunarCalendarOfTwoHundredYears(t *testing.T) {
	f, err := os.Open("testdata/lunar.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // only read
	years, apart := 0, 0
	for lines := bufio.NewScanner(f); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if fields[0] == "#" {
			continue
		}
		year, _ := strconv.Atoi(fields[0])
		day, err := time.Parse(time.DateOnly, fields[1])
		if err != nil {
			t.Fatal(err)
		}
		years++
		if raceDetector && year%8 != 0 { // the years are counted and compared one by one without it
			continue
		}
		month := 0
		for _, text := range fields[2:] {
			leap := strings.HasPrefix(text, "+")
			length, _ := strconv.Atoi(strings.TrimPrefix(text, "+"))
			if !leap {
				month++
			}
			if d, _, _, _ := LunarOf(solar(day)); d != 1 && fromMidnight(day) < 2*time.Minute {
				t.Logf("the month of %s begins %v from midnight, and a day later by us", solar(day), fromMidnight(day))
				apart++
				day = day.AddDate(0, 0, length)
				continue
			}
			for d := 1; d <= length; d++ {
				if d > 1 && d < length && d != 15 { // the days between follow from these
					day = day.AddDate(0, 0, 1)
					continue
				}
				if gd, gm, gy, gl := LunarOf(solar(day)); gd != d || gm != month || gy != year || gl != leap {
					t.Fatalf("%s is %d/%d/%d (leap %v), the table says %d/%d/%d (leap %v)", solar(day), gd, gm, gy, gl, d, month, year, leap)
				}
				if back, ok := SolarOf(year, month, d, leap); !ok || back != solar(day) {
					t.Fatalf("%d/%d/%d (leap %v) is %s (%v), want %s", d, month, year, leap, back, ok, solar(day))
				}
				day = day.AddDate(0, 0, 1)
			}
			if next, _, _, _ := LunarOf(solar(day)); length == 29 && next == 1 {
				if back, ok := SolarOf(year, month, 30, leap); ok {
					t.Fatalf("day 30 of the short month %d/%d (leap %v) is %s", month, year, leap, back)
				}
			}
		}
	}
	if years < 200 || apart > 1 {
		t.Errorf("%d years, %d months begin on another day", years, apart)
	}
}
