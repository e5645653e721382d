import { describe, expect, it } from 'vitest'
import { ROOMS, type Room } from './arrows.ts'
import { importsOf, isCode, isTest, packageOf, projectFiles, read, withoutComments } from './sources.ts'

const code = projectFiles().filter(isCode)
const inRoom = (room: Room) => code.filter((f) => f.startsWith(`${room.path}/`))
const isConfig = (f: string) => /(^|\/)[a-z-]+\.config\.ts$/.test(f)

function strayImports(room: Room): string[] {
  const stray: string[] = []
  for (const file of inRoom(room).filter((f) => !isTest(f))) {
    for (const { specifier, typeOnly } of importsOf(read(file))) {
      if (specifier.startsWith('.') || specifier.startsWith('virtual:')) continue
      if (isConfig(file) && specifier.startsWith('node:')) continue
      const name = packageOf(specifier)
      const allowed = specifier.startsWith('node:')
        ? room.node === 'all' || room.node.includes(specifier)
        : room.rooms.includes(name) ||
          room.packages.includes(name) ||
          (typeOnly && (room.types?.includes(name) ?? false))
      if (!allowed) stray.push(`${file} imports ${specifier}`)
    }
  }
  return stray
}

describe('arrows between rooms (ARCHITECTURE.md; the table is scripts/house-rules/arrows.ts)', () => {
  for (const room of ROOMS) {
    it(`${room.path} imports only what its row allows`, () => {
      expect(inRoom(room).length, `${room.path} has no code`).toBeGreaterThan(0)
      expect(strayImports(room)).toEqual([])
    })
  }

  it('relative imports stay inside their room', () => {
    const escapes = code.flatMap((file) => {
      const room = ROOMS.find((r) => file.startsWith(`${r.path}/`))
      if (!room) return []
      return importsOf(read(file))
        .filter((i) => i.specifier.startsWith('.'))
        .map((i) => new URL(i.specifier, `file:///${file}`).pathname.slice(1))
        .filter((target) => !target.startsWith(`${room.path}/`) && !isMeasuredAsLaunched(room.path, target))
        .map((target) => `${file} reaches ${target}`)
    })
    expect(escapes).toEqual([])
  })

  it('nobody imports scripts', () => {
    const users = code.filter(
      (f) =>
        !f.startsWith('scripts/') &&
        importsOf(read(f)).some(
          ({ specifier }) =>
            /(^|\/)scripts\//.test(specifier) && !isMeasuredAsLaunched(f.split('/')[0]!, specifier),
        ),
    )
    expect(users).toEqual([])
  })
})

/** Benchmarks run our processes with the flags of the launcher, and so read them where they are said. */
const isMeasuredAsLaunched = (room: string, target: string): boolean =>
  room === 'bench' && target.endsWith('scripts/launcher/node-flags.ts')

const offenders = (
  under: string[],
  pattern: RegExp,
  except: (f: string) => boolean = () => false,
): string[] =>
  code
    .filter((f) => under.some((u) => f.startsWith(`${u}/`)) && !isTest(f) && !except(f))
    .flatMap((f) =>
      withoutComments(read(f))
        .split('\n')
        .flatMap((line) => (pattern.test(line) ? [`${f}: ${line.trim()}`] : [])),
    )

describe('what a room may touch', () => {
  it('process.env is read in env.ts alone, parsed once and passed in', () => {
    // bin/ hands the whole environment on to the project's own Node and reads nothing from it.
    const allowed = (f: string) => /(^|\/)env\.ts$/.test(f) || isConfig(f) || f.startsWith('apps/daemon/bin/')
    expect(offenders(['apps', 'packages'], /process\.env/, allowed)).toEqual([])
  })

  it('market and providers never ask what time it is: the clock is passed in', () => {
    expect(
      offenders(
        ['packages/market/src', 'packages/providers/src'],
        /Date\.now\(|new Date\(\)|performance\.now\(/,
      ),
    ).toEqual([])
  })

  it('providers use the fetch that is injected', () => {
    expect(offenders(['packages/providers/src'], /(^|[^.\w])fetch\(/, (f) => f.includes('/http/'))).toEqual(
      [],
    )
  })

  it('only packages/db/src/embedded starts processes or touches files in db', () => {
    const users = code.filter(
      (f) =>
        f.startsWith('packages/db/src/') &&
        !f.startsWith('packages/db/src/embedded/') &&
        !isTest(f) &&
        importsOf(read(f)).some((i) =>
          /^node:(child_process|fs|net|http|cluster|worker_threads)/.test(i.specifier),
        ),
    )
    expect(users).toEqual([])
  })

  it('only packages/db/src/custody knows the cipher', () => {
    const users = code.filter((f) =>
      importsOf(read(f)).some((i) => packageOf(i.specifier).startsWith('@noble/')),
    )
    expect(users).toEqual(['packages/db/src/custody/envelope.ts'])
  })

  it('daemon and api hold no SQL text: it lives in packages/db reads/ and writes/', () => {
    const sql = /\bsql`|\.query\(\s*[`'"]|\b(SELECT\s+.+\s+FROM|INSERT\s+INTO|DELETE\s+FROM)\b/
    expect(offenders(['apps/daemon/src', 'apps/api/src'], sql)).toEqual([])
  })
})
