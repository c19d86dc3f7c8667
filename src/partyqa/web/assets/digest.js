// The digest of a quote: the first 8 hexadecimal digits of the SHA-256 of its UTF-8 (service/addresses.py).
// Written out here because browsers keep their own from pages that come over plain http from another machine.

const isPrime = (n) => {
	for (let d = 2; d * d <= n; d++) if (n % d === 0) return false;
	return true;
};
const PRIMES = [];
for (let n = 2; PRIMES.length < 64; n++) if (isPrime(n)) PRIMES.push(n);
const fraction = (x) => Math.floor((x - Math.floor(x)) * 2 ** 32) | 0;
const START = PRIMES.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
const ROUND = PRIMES.map((prime) => fraction(Math.cbrt(prime)));

const turn = (word, by) => (word >>> by) | (word << (32 - by));

/** The message in 32-bit words, big-endian: its bytes, a one bit, zeros, its length in bits in 64 bits. */
function padded(bytes) {
	const words = new Int32Array(16 * Math.ceil((bytes.length + 9) / 64));
	bytes.forEach((byte, at) => {
		words[at >> 2] |= byte << (24 - 8 * (at & 3));
	});
	words[bytes.length >> 2] |= 0x80 << (24 - 8 * (bytes.length & 3));
	words[words.length - 2] = Math.floor(bytes.length / 2 ** 29);
	words[words.length - 1] = bytes.length << 3;
	return words;
}

function block(state, words) {
	const w = new Int32Array(64);
	w.set(words);
	for (let i = 16; i < 64; i++) {
		const a = w[i - 15];
		const b = w[i - 2];
		const low = turn(a, 7) ^ turn(a, 18) ^ (a >>> 3);
		const high = turn(b, 17) ^ turn(b, 19) ^ (b >>> 10);
		w[i] = w[i - 16] + low + w[i - 7] + high;
	}
	let [a, b, c, d, e, f, g, h] = state;
	for (let i = 0; i < 64; i++) {
		const choice = (e & f) ^ (~e & g);
		const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + choice + ROUND[i] + w[i]) | 0;
		const majority = (a & b) ^ (a & c) ^ (b & c);
		const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + majority) | 0;
		[h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
	}
	return [a, b, c, d, e, f, g, h].map((word, i) => (word + state[i]) | 0);
}

export function digest(text) {
	const words = padded(new TextEncoder().encode(text));
	let state = START;
	for (let at = 0; at < words.length; at += 16) state = block(state, words.subarray(at, at + 16));
	return (state[0] >>> 0).toString(16).padStart(8, "0");
}
