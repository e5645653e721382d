// Ticks: one number each, told when it has changed. Delayed data has tick types of its own.
import { message } from './frames.ts'
import { priceText } from './history.ts'
import { type OptionPicture, type Picture, secondsOf } from './picture.ts'

/** Live tick types and their delayed twins. */
const DELAYED: Record<number, number> = {
  0: 69,
  1: 66,
  2: 67,
  3: 70,
  4: 68,
  5: 71,
  6: 72,
  7: 73,
  8: 74,
  9: 75,
  10: 80,
  11: 81,
  12: 82,
  13: 83,
  14: 76,
  45: 88,
  49: 90,
}
const VERSION = 6
const CAN_AUTO_EXECUTE = 1

/** Prices whose size comes in the same message. */
const SIDES = [
  { price: 'bid', size: 'bidSize', type: 1, sizeType: 0 },
  { price: 'ask', size: 'askSize', type: 2, sizeType: 3 },
  { price: 'last', size: 'lastSize', type: 4, sizeType: 5 },
] as const
const DAY = [
  { price: 'high', type: 6 },
  { price: 'low', type: 7 },
  { price: 'close', type: 9 },
  { price: 'open', type: 14 },
] as const
const COMPUTATIONS = [
  { of: 'bid', type: 10 },
  { of: 'ask', type: 11 },
  { of: 'last', type: 12 },
] as const

export interface TickOptions {
  reqId: string
  delayed: boolean
  /** Generic ticks asked for: 101 is the open interest of options. */
  generic: readonly string[]
  /** A word instead of the first price. */
  spoiled?: boolean
}

/** The messages that lead from one picture to the next; all that is known when there was none before. */
export function tickMessages(before: Picture | null, now: Picture, o: TickOptions): string[] {
  const out: string[] = []
  let spoil = o.spoiled ?? false
  const typeOf = (type: number) => (o.delayed ? DELAYED[type]! : type)
  const price = (type: number, value: number, size: number) => {
    const text = spoil ? 'n/a' : priceText(value)
    spoil = false
    out.push(message(1, VERSION, o.reqId, typeOf(type), text, sizeText(size), CAN_AUTO_EXECUTE))
  }
  const size = (type: number, value: number) =>
    out.push(message(2, VERSION, o.reqId, typeOf(type), sizeText(value)))

  // The time of the last trade goes before it, as it does at the vendor's.
  if (now.lastTs !== undefined && now.lastTs !== before?.lastTs) {
    out.push(message(46, VERSION, o.reqId, typeOf(45), secondsOf(now.lastTs)))
  }
  for (const side of SIDES) {
    const [value, amount] = [now[side.price], now[side.size] ?? 0]
    const tradedAgain = side.price === 'last' && now.lastTs !== before?.lastTs
    if (value === undefined) {
      // A side that has gone: minus one, and nothing of it.
      if (before?.[side.price] !== undefined) price(side.type, -1, 0)
      continue
    }
    const moved = value !== before?.[side.price] || tradedAgain
    if (moved) price(side.type, value, amount)
    // The size comes once more by itself, as it does at the vendor's; an index has none.
    if (now[side.size] === undefined) continue
    if (moved || amount !== before?.[side.size]) size(side.sizeType, amount)
  }
  if (now.volume !== undefined && now.volume !== before?.volume) size(8, now.volume)
  for (const { price: name, type } of DAY) {
    const value = now[name]
    if (value !== undefined && value !== before?.[name]) price(type, value, 0)
  }
  if (!before && now.last !== undefined) out.push(message(45, VERSION, o.reqId, typeOf(49), 0))
  if (now.option) out.push(...optionMessages(before, now, now.option, { ...o, typeOf }))
  return out
}

function optionMessages(
  before: Picture | null,
  now: Picture,
  option: OptionPicture,
  { reqId, generic, typeOf }: TickOptions & { typeOf(type: number): number },
): string[] {
  const out: string[] = []
  if (!before && generic.includes('101')) {
    const type = option.right === 'call' ? 27 : 28
    out.push(message(2, VERSION, reqId, type, option.openInterest))
  }
  for (const { of, type } of COMPUTATIONS) {
    const value = now[of]
    if (value !== undefined && value !== before?.[of])
      out.push(computation(reqId, typeOf(type), { option, value }))
  }
  if (option.value !== before?.option?.value) {
    out.push(computation(reqId, typeOf(13), { option, value: option.value }))
  }
  return out
}

/** Minus one and minus two say that a number could not be worked out. */
function computation(
  reqId: string,
  type: number,
  { option, value }: { option: OptionPicture; value: number },
): string {
  const { impliedVolatility, greeks, underlyingPrice } = option
  const PRICE_BASED = 1
  return message(
    21,
    reqId,
    type,
    PRICE_BASED,
    impliedVolatility ?? -1,
    greeks?.delta ?? -2,
    priceText(value),
    0,
    greeks?.gamma ?? -2,
    greeks?.vega ?? -2,
    greeks?.theta ?? -2,
    priceText(underlyingPrice),
  )
}

const sizeText = (size: number): string => priceText(Math.max(0, size))
