// Randomness that is a function: the same numbers in give the same number out, in any order and any process.

/** Two 32-bit words into one, well mixed (the finishing steps of MurmurHash3). */
export function mix(a: number, b: number): number {
  let h = (a ^ Math.imul(b | 0, 0xcc9e2d51)) | 0
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b)
  h ^= Math.imul((b ^ 0x9e3779b9) | 0, 0x1b873593)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  h = Math.imul(h ^ (h >>> 16), 0x27d4eb2f)
  return (h ^ (h >>> 15)) >>> 0
}

/** A word to start from, made of text. */
export function hashText(text: string, seed = 0): number {
  let h = mix(seed, text.length)
  for (let i = 0; i < text.length; i++) h = mix(h, text.charCodeAt(i))
  return h
}

/** 0 <= u < 1. */
export const uniform = (a: number, b: number): number => mix(a, b) / 4_294_967_296

/** About normal with mean 0 and deviation 1; never beyond 3.5, so no price ever runs away. */
export function normal(a: number, b: number): number {
  const x = mix(a, b)
  const y = mix(x, 0x51ed270b)
  return (((x & 0xffff) + (x >>> 16) + (y & 0xffff) + (y >>> 16)) / 65_536 - 2) * 1.7320508
}

/** Text of hexadecimal digits, for ids that look like a vendor's. */
export function hexText(text: string, length: number): string {
  let out = ''
  for (let i = 0; out.length < length; i++) out += hashText(text, i).toString(16).padStart(8, '0')
  return out.slice(0, length)
}
