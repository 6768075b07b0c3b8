#!/usr/bin/env node
// Plain CommonJS that old Node versions parse, so that they can be told what is needed. Why not a module:
// docs/decisions/0004.
const { existsSync } = require('node:fs')
const { join } = require('node:path')
const { pathToFileURL } = require('node:url')

const needed = [22, 19]
const [major, minor] = process.versions.node.split('.').map(Number)

if (major < needed[0] || (major === needed[0] && minor < needed[1])) {
  process.stderr.write(
    `jotgate needs Node ${needed.join('.')} or newer; this is ${process.versions.node}.\n`,
  )
  process.exitCode = 1
} else {
  const source = join(__dirname, '../src/cli/main.ts')
  if (existsSync(source)) import(pathToFileURL(source).href).then(({ main }) => main())
  else require(join(__dirname, '../dist/cli/main.cjs')).main()
}
