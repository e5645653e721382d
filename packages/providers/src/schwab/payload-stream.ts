// What the streamer's frames look like: data by field number, answers to our requests, notices.
import { z } from 'zod'
import { ProviderError } from '../errors.ts'
import { parseJson } from '../http/json.ts'
import { NAME } from './payload.ts'

const partSchema = z.looseObject({
  service: z.string().min(1),
  /** Milliseconds at which the streamer sent it. */
  timestamp: z.number().positive(),
  content: z.array(z.unknown()),
})
export type DataPart = z.infer<typeof partSchema>

const answerSchema = z.looseObject({
  service: z.string(),
  command: z.string(),
  content: z.looseObject({ code: z.number(), msg: z.string().nullish() }),
})
export type StreamAnswer = z.infer<typeof answerSchema>

const noticeSchema = z.looseObject({
  heartbeat: z.union([z.string(), z.number()]).nullish(),
  content: z.looseObject({ code: z.number(), msg: z.string().nullish() }).nullish(),
})
export type Notice = z.infer<typeof noticeSchema>

const frameSchema = z.looseObject({
  data: z.array(z.unknown()).nullish(),
  response: z.array(answerSchema).nullish(),
  notify: z.array(noticeSchema).nullish(),
})

export interface Frame {
  data: DataPart[]
  answers: StreamAnswer[]
  notices: Notice[]
  /** Why a part of the frame is not among `data`. */
  faults: string[]
}

/** Frames come one a message; clients of the predecessor kept lists of them, and parts without their envelope. */
export function parseFrame(text: string): Frame {
  const json = parseJson(text, "Schwab's stream")
  const frame: Frame = { data: [], answers: [], notices: [], faults: [] }
  for (const one of Array.isArray(json) ? json : [json]) addFrame(frame, one)
  return frame
}

function addFrame(frame: Frame, json: unknown): void {
  const bare = partSchema.safeParse(json)
  const read = frameSchema.safeParse(bare.success ? { data: [json] } : json)
  const { data, response, notify } = read.data ?? {}
  if (!data && !response && !notify) {
    throw new ProviderError('malformed', 'Schwab’s stream sent a frame of an unknown shape', {
      provider: NAME,
    })
  }
  for (const part of data ?? []) {
    const known = partSchema.safeParse(part)
    if (known.success) frame.data.push(known.data)
    else frame.faults.push('a part without service, time and content')
  }
  frame.answers.push(...(response ?? []))
  frame.notices.push(...(notify ?? []))
}

/** A row of data: fields by number beside its key. */
export const rowSchema = z.looseObject({
  key: z.string().min(1),
  assetMainType: z.string().nullish(),
  delayed: z.boolean().nullish(),
})
export type StreamRow = z.infer<typeof rowSchema>
