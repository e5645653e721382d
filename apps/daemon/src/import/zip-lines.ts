// Lines of the CSV files inside a zip, streamed: neither the archive nor an entry is ever held whole.
import type { Readable } from 'node:stream'
import { type Entry, open, type ZipFile } from 'yauzl'

export interface ZipLine {
  entry: string
  /** Counted from 1 in each entry. */
  number: number
  text: string
}

/** A year of minutes is 20 MB; a line or an archive beyond this is an attack or an accident. */
const ENTRY_BYTES_MAX = 2 ** 31
const LINE_CHARS_MAX = 16_384

const openZip = (path: string): Promise<ZipFile> =>
  new Promise((resolve, reject) => {
    open(path, { lazyEntries: true, autoClose: false }, (error, zip) =>
      error ? reject(error) : resolve(zip),
    )
  })

const nextEntry = (zip: ZipFile): Promise<Entry | null> =>
  new Promise((resolve, reject) => {
    const settle = (act: () => void) => () => {
      zip.removeAllListeners('entry').removeAllListeners('end').removeAllListeners('error')
      act()
    }
    zip.once('entry', (entry: Entry) => settle(() => resolve(entry))())
    zip.once(
      'end',
      settle(() => resolve(null)),
    )
    zip.once('error', (error: Error) => settle(() => reject(error))())
    zip.readEntry()
  })

const openEntry = (zip: ZipFile, entry: Entry): Promise<Readable> =>
  new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => (error ? reject(error) : resolve(stream)))
  })

/** @throws Error when the file is no zip, is cut short, encrypted, or holds no CSV. */
export async function* zipLines(path: string): AsyncGenerator<ZipLine> {
  const zip = await openZip(path)
  try {
    let found = false
    for (let entry = await nextEntry(zip); entry; entry = await nextEntry(zip)) {
      if (!/\.(csv|txt)$/i.test(entry.fileName)) continue
      if (entry.uncompressedSize > ENTRY_BYTES_MAX)
        throw new Error(`${entry.fileName} is larger than 2 GB unpacked`)
      found = true
      yield* entryLines(zip, entry)
    }
    if (!found) throw new Error('the archive holds no CSV')
  } finally {
    zip.close()
  }
}

async function* entryLines(zip: ZipFile, entry: Entry): AsyncGenerator<ZipLine> {
  const stream = (await openEntry(zip, entry)).setEncoding('utf8')
  let number = 0
  let rest = ''
  for await (const chunk of stream) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop()!
    if (rest.length > LINE_CHARS_MAX)
      throw new Error(`${entry.fileName} holds a line that is far too long for a row of prices`)
    for (const line of lines) {
      number += 1
      const text = line.trim()
      if (text !== '') yield { entry: entry.fileName, number, text }
    }
  }
  if (rest.trim() !== '') yield { entry: entry.fileName, number: number + 1, text: rest.trim() }
}
