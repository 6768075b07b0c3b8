#!/usr/bin/env node
// Plain JavaScript that old Node versions parse, so that they can be told what is needed.
const needed = [22, 19]
const [major, minor] = process.versions.node.split('.').map(Number)

if (major < needed[0] || (major === needed[0] && minor < needed[1])) {
  process.stderr.write(
    `jotgate needs Node ${needed.join('.')} or newer; this is ${process.versions.node}.\n`,
  )
  process.exitCode = 1
} else {
  // Not by `import`, which would load all that Node's file system has (docs/decisions/0004).
  const { existsSync } = process.getBuiltinModule('node:fs')
  const source = new URL('../src/cli/main.ts', import.meta.url)
  const { main } = existsSync(source) ? await import(source.href) : loadBundle()
  await main()
}

function loadBundle() {
  const { createRequire } = process.getBuiltinModule('node:module')
  return createRequire(import.meta.url)('../dist/cli/main.cjs')
}
