// Frames of Yahoo's stream: base64 of PricingData, bare as before or in the envelope of version 2.
import { decodePricingData, NoPricingData, type PricingData } from './pricing-data.ts'

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

/** What a frame holds: prices, nothing but a sign of life (null), or why it is neither. */
export function parseFrame(frame: string): PricingData | null | string {
  const text = frame.trim()
  if (!text.startsWith('{')) return decoded(text)
  const envelope = envelopeOf(text)
  if (!envelope) return 'is a body that is cut short'
  const { type, message } = envelope
  if (type !== undefined && type !== 'pricing') return null
  return typeof message === 'string' ? decoded(message) : 'is an envelope without a message'
}

function envelopeOf(text: string): { type?: unknown; message?: unknown } | null {
  try {
    return JSON.parse(text) as { type?: unknown; message?: unknown }
  } catch {
    return null
  }
}

function decoded(base64: string): PricingData | string {
  if (base64.length % 4 === 1 || !BASE64.test(base64)) return 'is no base64'
  try {
    return decodePricingData(new Uint8Array(Buffer.from(base64, 'base64')))
  } catch (error) {
    if (error instanceof NoPricingData) return `is no PricingData: ${error.message}`
    throw error
  }
}
