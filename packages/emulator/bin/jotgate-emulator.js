#!/usr/bin/env node
// Plain JavaScript that old Node versions parse, so that they can be told what is needed.
import { existsSync } from 'node:fs'

const needed = [22, 19]
const [major, minor] = process.versions.node.split('.').map(Number)

if (major < needed[0] || (major === needed[0] && minor < needed[1])) {
  process.stderr.write(
    `jotgate-emulator needs Node ${needed.join('.')} or newer; this is ${process.versions.node}.\n`,
  )
  process.exitCode = 1
} else {
  const source = new URL('../src/start/cli.ts', import.meta.url)
  const entry = existsSync(source) ? source : new URL('../dist/start/cli.js', import.meta.url)
  const { main } = await import(entry.href)
  await main()
}
