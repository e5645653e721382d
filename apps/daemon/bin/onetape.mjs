#!/usr/bin/env node
// The command line however it is called, also where the machine's own Node is an old one: it goes on in the
// project's Node. Plain JavaScript for that reason.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const bin = join(root, 'node_modules', '.bin')
const node = join(bin, 'node')
const preload = new URL('./end-with-parent.mjs', import.meta.url).href
// Sees to simulated vendors where they are needed, then runs src/cli.ts.
const cli = join(root, 'scripts', 'onetape.ts')
const settings = join(root, '.env')

if (existsSync(node)) go()
else {
  console.error(`OneTape is not installed yet: run npm start in ${root} first.`)
  process.exitCode = 1
}

function go() {
  const options = existsSync(settings) ? [`--env-file=${settings}`] : []
  const child = spawn(node, [...options, '--import', preload, cli, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, PATH: bin + delimiter + (process.env.PATH ?? '') },
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => {
      // Ctrl-C reaches everything in the terminal by itself; a second one would cut the clean stop short.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    })
  child.on('error', (error) => {
    console.error(`OneTape's own Node cannot be run (${error.message}): run npm start in ${root}.`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => {
    process.exit(code ?? 128 + (constants.signals[signal] ?? 0))
  })
}
