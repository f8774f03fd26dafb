package books

import "strings"

// windows1252 holds the characters of the bytes 0x80 to 0x9F; 0 marks the five that have none. All other bytes
// stand for the code point of the same number (WHATWG Encoding Standard, index windows-1252).
var windows1252 = [32]rune{
	'€', 0, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0, 'Ž', 0,
	0, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0, 'ž', 'Ÿ',
}

// decodeWindows1252 returns text as UTF-8; ok is false if a byte has no character.
func decodeWindows1252(text string) (decoded string, ok bool) {
	var out strings.Builder
	for i := range len(text) {
		r := rune(text[i])
		if r >= 0x80 && r < 0xa0 {
			if r = windows1252[r-0x80]; r == 0 {
				return "", false
			}
		}
		out.WriteRune(r)
	}
	return out.String(), true
}
