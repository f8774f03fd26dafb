package types

import "time"

// MinFrequency is the least time between two looks that a consent can name.
const MinFrequency = time.Hour

// Known says whether there is such a fetch.
func (f ConsentFetch) Known() bool {
	_, known := ConsentFetch_name[int32(f)]
	return known && f != CONSENT_FETCH_UNSPECIFIED
}

// ValidateFetch checks how often a data user may look, and how long it may keep what it got: a frequency goes with PERIODIC, a
// data life with STORE, each with nothing else. Both are bounded, so that no time added to them leaves what a key can order.
func ValidateFetch(fetch ConsentFetch, frequency time.Duration, mode ConsentMode, dataLife time.Duration) error {
	switch periodic, store := fetch == CONSENT_FETCH_PERIODIC, mode == CONSENT_MODE_STORE; {
	case !fetch.Known():
		return ErrInvalidFetch.Wrapf("fetch %d: choose ONE_TIME or PERIODIC", fetch)
	case periodic && (frequency < MinFrequency || frequency > MaxConsentValidity):
		return ErrInvalidFetch.Wrapf("frequency %s: choose %s to %s", frequency, MinFrequency, MaxConsentValidity)
	case !periodic && frequency != 0:
		return ErrInvalidFetch.Wrapf("frequency %s: leave it out, it goes with PERIODIC", frequency)
	case store && (dataLife <= 0 || dataLife > MaxConsentValidity):
		return ErrInvalidFetch.Wrapf("data_life %s: say how long the data may be kept, at most %s", dataLife, MaxConsentValidity)
	case !store && dataLife != 0:
		return ErrInvalidFetch.Wrapf("data_life %s: leave it out, it goes with mode STORE", dataLife)
	}
	return nil
}
