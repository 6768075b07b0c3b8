#!/usr/bin/env node
// Plain CommonJS that old Node versions parse, so that they can be told what is needed. Why not a module:
// docs/decisions/0004.
const { existsSync, statSync } = require('node:fs')
const { isAbsolute, join } = require('node:path')

const needed = [22, 19]
const [major, minor] = process.versions.node.split('.').map(Number)

if (major < needed[0] || (major === needed[0] && minor < needed[1])) {
  process.stderr.write(
    `jotgate needs Node ${needed.join('.')} or newer; this is ${process.versions.node}.\n`,
  )
  process.exitCode = 1
} else {
  const source = join(__dirname, '../src/cli/main.ts')
  if (existsSync(source)) {
    const { pathToFileURL } = require('node:url')
    import(pathToFileURL(source).href).then(({ main }) => main())
  } else {
    keepCompiledCode()
    require(join(__dirname, '../dist/cli/main.cjs')).main()
  }
}

// What Node has compiled is kept for the next run: never in a folder where somebody else could put code
// for us to run, such as Node's own choice below the system's temporary folder. NODE_DISABLE_COMPILE_CACHE=1
// turns it off.
function keepCompiledCode() {
  const { XDG_CACHE_HOME: cache, HOME: home, LOCALAPPDATA: local } = process.env
  const base = process.platform === 'win32' ? local : cache || (home && join(home, '.cache'))
  if (!base || !isAbsolute(base)) return
  try {
    const { uid, mode } = statSync(base)
    if (process.getuid && (uid !== process.getuid() || mode & 0o022)) return
    require('node:module').enableCompileCache(join(base, 'jotgate'))
  } catch {
    // No such folder, or none that may be read: the command runs without.
  }
}
