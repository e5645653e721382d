import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { LogFile } from './log-file.ts'
import { readLogLine } from './log-line.ts'

describe('LogFile', () => {
  it('never holds more than twice its bound', () => {
    const dir = mkdtempSync(join(tmpdir(), 'onetape-log-'))
    const log = new LogFile(join(dir, 'logs', 'app.log'), 1_000)
    for (let n = 0; n < 500; n++) log.write(`line ${n} ${'x'.repeat(50)}`)
    const sizes = [log.path, `${log.path}.1`].map((path) => statSync(path).size)
    for (const size of sizes) expect(size).toBeLessThan(1_100)
    expect(readFileSync(log.path, 'utf8')).toContain('line 499 ')
    rmSync(dir, { recursive: true })
  })

  it('goes on when it cannot write', () => {
    const dir = mkdtempSync(join(tmpdir(), 'onetape-log-'))
    const log = new LogFile(join(dir, 'app.log'))
    rmSync(dir, { recursive: true })
    expect(() => log.write('lost')).not.toThrow()
  })
})

describe('readLogLine', () => {
  it('turns JSON into words', () => {
    const line = {
      level: 40,
      time: 0,
      pid: 1,
      name: 'daemon',
      msg: 'slow',
      vendor: 'yahoo',
      err: { message: '429' },
    }
    expect(readLogLine(JSON.stringify(line), 'info')).toEqual({
      level: 'warn',
      message: 'slow: 429',
      text: '1970-01-01T00:00:00.000Z warn  slow: 429 vendor=yahoo',
    })
  })

  it('keeps other lines, and stack traces away from people', () => {
    expect(readLogLine('Error: no', 'error')).toMatchObject({ level: 'error', message: 'Error: no' })
    expect(readLogLine('    at main (file:///x.ts:1:1)', 'error').level).toBe('info')
    expect(readLogLine('Node.js v24.21.0', 'error').level).toBe('info')
    expect(readLogLine('{"half', 'info').text).toBe('{"half')
  })
})
