// Inputs for any procedure, made from its own schema: what it takes is filled with what belongs to somebody else.
import { z } from 'zod'

/** One thing of somebody: its id, and the version that a write has to name. */
export interface Thing {
  id: string
  version: number
}

export interface InputBook {
  thing: Thing
  /** Names of somebody's sources. */
  sources: readonly string[]
  provider: string
  key: string
}

interface Shape {
  type?: string
  format?: string
  const?: unknown
  enum?: unknown[]
  anyOf?: Shape[]
  oneOf?: Shape[]
  allOf?: Shape[]
  properties?: Record<string, Shape>
  items?: Shape
  minimum?: number
  minItems?: number
}

/** Undefined where the procedure takes nothing. */
export function madeInput(parsers: readonly unknown[], book: InputBook): unknown {
  const shapes = parsers.map(
    (parser) => z.toJSONSchema(parser as z.ZodType, { io: 'input', unrepresentable: 'any' }) as Shape,
  )
  if (shapes.length === 0) return undefined
  const made = shapes.map((shape) => madeOf(shape, '', book))
  return made.length === 1 ? made[0] : Object.assign({}, ...made)
}

function madeOf(shape: Shape, name: string, book: InputBook): unknown {
  if (shape.const !== undefined) return shape.const
  if (shape.enum) return shape.enum[0]
  const choices = shape.anyOf ?? shape.oneOf
  if (choices) return madeOf(choices.find((c) => c.type !== 'null') ?? choices[0]!, name, book)
  if (shape.allOf) return Object.assign({}, ...shape.allOf.map((part) => madeOf(part, name, book)))
  switch (shape.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(shape.properties ?? {}).map(([key, part]) => [key, madeOf(part, key, book)]),
      )
    case 'array':
      return Array.from({ length: Math.max(1, shape.minItems ?? 0) }, () =>
        madeOf(shape.items ?? { type: 'string' }, name, book),
      )
    case 'integer':
    case 'number':
      return name === 'version' ? book.thing.version : Math.max(1, shape.minimum ?? 1)
    case 'boolean':
      return true
    case 'string':
      return textOf(shape, name, book)
    default:
      return null
  }
}

function textOf({ format }: Shape, name: string, { thing, sources, provider, key }: InputBook): string {
  if (format === 'uuid' || /ids?$/i.test(name)) return thing.id
  if (format === 'date') return '2026-12-18'
  if (/^(keys?|symbols?)$/.test(name)) return key
  if (/^(source|order|primary|fallbacks)$/.test(name)) return sources[0]!
  if (name === 'provider') return provider
  return 'AAPL'
}
