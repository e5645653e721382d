// Records of a delimited text file, plain or gzipped, streamed with their line numbers.
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { parse } from 'csv-parse'

export interface CsvRecord {
  line: number
  cells: string[]
}

/** A row of prices is short; without a limit one missing quote would swallow the rest of the file. */
const RECORD_BYTES_MAX = 16_384

/** @throws Error with one clear line when the file is no text, no gzip or no CSV. */
export async function* csvRecords(path: string): AsyncGenerator<CsvRecord> {
  try {
    const chunks = (await openText(path))[Symbol.asyncIterator]() as AsyncIterator<Buffer>
    const first = await chunks.next()
    if (first.done) throw new Error('the file is empty')
    if (first.value.includes(0)) throw new Error('the file is binary, not a CSV')
    const parser = parse({
      bom: true,
      info: true,
      skip_empty_lines: true,
      relax_column_count: true,
      relax_quotes: true,
      trim: true,
      delimiter: delimiterOf(first.value.toString('utf8')),
      max_record_size: RECORD_BYTES_MAX,
    })
    pipeline(Readable.from(resumed(first.value, chunks)), parser, () => {})
    for await (const { info, record } of parser as AsyncIterable<{
      info: { lines: number }
      record: string[]
    }>) {
      yield { line: info.lines, cells: record }
    }
  } catch (error) {
    throw new Error(plainly(error as NodeJS.ErrnoException), { cause: error })
  }
}

async function openText(path: string): Promise<Readable> {
  const file = await open(path)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0)
  await file.close()
  const gzipped = bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b
  return gzipped ? pipeline(createReadStream(path), createGunzip(), () => {}) : createReadStream(path)
}

async function* resumed(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield first
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
  } finally {
    await rest.return?.()
  }
}

/** The separator that the first line uses most. */
function delimiterOf(head: string): string {
  const first = head.split(/\r?\n/, 1)[0]!
  return [',', ';', '\t', '|'].reduce((best, d) =>
    first.split(d).length > first.split(best).length ? d : best,
  )
}

function plainly(error: NodeJS.ErrnoException): string {
  if (error.code?.startsWith('Z_')) return 'the gzip data are damaged or cut short'
  if (error.code === 'CSV_MAX_RECORD_SIZE') return 'a line is far too long for a row of prices'
  if (error.code?.startsWith('CSV_')) return `not a CSV: ${error.message.split('\n')[0]}`
  return error.message
}
