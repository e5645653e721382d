import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isCode, isTest, projectFiles, read, root } from './sources.ts'

const files = projectFiles()

interface Manifest {
  name: string
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
}
const manifests = files
  .filter((f) => /(^|\/)package\.json$/.test(f))
  .map((f) => JSON.parse(read(f)) as Manifest)

describe('names and places', () => {
  it('the fixed top level stands', () => {
    const fixed = [
      'package.json',
      'pnpm-workspace.yaml',
      'turbo.json',
      'tsconfig.base.json',
      'apps',
      'packages',
      'docker-compose.yml',
      'e2e',
    ]
    expect(fixed.filter((f) => !existsSync(join(root, f)))).toEqual([])
  })

  it('no file is named after nothing: name the noun (STYLE: names)', () => {
    const vague = /(^|\/)(utils?|helpers?|types|common|misc|constants)(\.tsx?$|\/)/
    expect(files.filter((f) => isCode(f) && vague.test(f))).toEqual([])
  })

  it('files are kebab-case, React components PascalCase', () => {
    const odd = files.filter((f) => {
      if (!isCode(f) || f.startsWith('apps/web/src/routes/')) return false
      const name = f.split('/').at(-1)!
      if (f.endsWith('.tsx') && /^[A-Z][A-Za-z0-9]*(\.test)?\.tsx$/.test(name)) return false
      return !/^[a-z0-9]+([-.][a-z0-9]+)*\.(ts|tsx|mjs)$/.test(name)
    })
    expect(odd).toEqual([])
  })

  it('reads/ and writes/ hold one question or verb a file, named after what it exports', () => {
    const wrong = files
      .filter((f) => /^packages\/db\/src\/(reads|writes)\/[^/]+\.ts$/.test(f) && !isTest(f))
      .filter((f) => {
        const name = f
          .split('/')
          .at(-1)!
          .replace('.ts', '')
          .replace(/-([a-z0-9])/g, (_, c: string) => c.toUpperCase())
        return !new RegExp(`export (async )?(function|const) ${name}\\b`).test(read(f))
      })
    expect(wrong).toEqual([])
  })

  it('no source file passes 400 lines: look for the second noun', () => {
    const long = files
      .filter((f) => isCode(f) && !isTest(f))
      .map((f) => ({ f, lines: read(f).split('\n').length }))
      .filter(({ lines }) => lines > 400)
    expect(long).toEqual([])
  })
})

describe('dependencies', () => {
  it('one version of each, across the whole repository', () => {
    const ranges = new Map<string, Set<string>>()
    for (const m of manifests) {
      for (const [name, range] of Object.entries({ ...m.dependencies, ...m.devDependencies })) {
        ranges.set(name, (ranges.get(name) ?? new Set()).add(range))
      }
    }
    expect(
      [...ranges].filter(([, r]) => r.size > 1).map(([name, r]) => `${name}: ${[...r].join(', ')}`),
    ).toEqual([])
  })

  it('drizzle and pg are a dependency of packages/db alone', () => {
    const users = manifests.filter((m) => {
      const all = { ...m.dependencies, ...m.devDependencies }
      return !['@onetape/db', '@onetape/bench'].includes(m.name) && ('pg' in all || 'drizzle-orm' in all)
    })
    expect(users.map((m) => m.name)).toEqual([])
  })

  it('the lock file names no registry', () => {
    expect(read('pnpm-lock.yaml')).not.toMatch(/https?:\/\//)
  })
})

describe('documents', () => {
  it('every path that a document cites exists', () => {
    const missing = files
      .filter((f) => f.endsWith('.md'))
      .flatMap((doc) => {
        const text = read(doc)
        const cited = [
          ...[
            ...text.matchAll(
              /`((?:apps|packages|scripts|e2e|docs|bench)\/[^`\s]*|[a-z.-]+\.(?:yml|yaml|json|mjs|md))`/gi,
            ),
          ].map((m) => m[1]!),
          ...[...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map((m) => m[1]!),
        ]
        return cited
          .map((c) => c.replace(/[:#].*$/, '').replace(/\/$/, ''))
          .filter((c) => c !== '' && !/[<>*{}]|NNNN/.test(c))
          .filter((c) => !existsSync(join(root, c)) && !existsSync(join(root, dirname(doc), c)))
          .map((c) => `${doc} cites ${c}`)
      })
    expect(missing).toEqual([])
  })

  it('decisions are numbered once and short', () => {
    const decisions = files.filter((f) => f.startsWith('docs/decisions/'))
    const numbers = decisions.map((f) => /\/(\d{4})-[a-z0-9-]+\.md$/.exec(f)?.[1] ?? `bad name ${f}`)
    expect(new Set(numbers).size, `a number is taken twice: ${numbers.join(' ')}`).toBe(numbers.length)
    expect(numbers.filter((n) => n.startsWith('bad'))).toEqual([])
    expect(decisions.filter((f) => read(f).split('\n').length > 41)).toEqual([])
  })

  it('nothing speaks of a machine: no home, work or registry address', () => {
    const machine = new RegExp(
      ['/wo' + 'rk/', '/ro' + 'ot/', 'registry\\.npm' + 'js', '/ho' + 'me/[a-z]'].join('|'),
    )
    const text = files.filter((f) => /\.(ts|tsx|mjs|md|json|ya?ml|css|html|sql)$/.test(f) || f === '.ci/run')
    expect(text.filter((f) => machine.test(read(f)))).toEqual([])
  })
})
