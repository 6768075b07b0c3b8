import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { parts } from './dependency-rules.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const product = 'packages/jotgate/src'

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file && existsSync(join(root, file)))

const read = (file: string) => readFileSync(join(root, file), 'utf8')
const isSource = (file: string) =>
  /\.(ts|mjs|js)$/.test(file) && !/\.(test|fixture)\.ts$/.test(file)

/** The files that a project names; what they import is of their own projects. */
function filesOf(project: string): string[] {
  const { config } = ts.readConfigFile(join(root, project), ts.sys.readFile)
  const { fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  return fileNames.map((file) => relative(root, file))
}

const locks = files.filter((file) => file.endsWith('package-lock.json')).sort()

interface LockedPackage {
  version?: string
  integrity?: string
  resolved?: string
  link?: boolean
  hasInstallScript?: boolean
  optionalDependencies?: Record<string, string>
}

const locked = locks.flatMap((lock) => {
  const { packages } = JSON.parse(read(lock)) as { packages: Record<string, LockedPackage> }
  return Object.entries(packages).map(([path, entry]) => ({ lock, path, ...entry }))
})

describe('the repository', () => {
  it('has a folder, a README and a rule for each part of the product', () => {
    const folders = readdirSync(join(root, product)).sort()
    expect(folders).toEqual(Object.keys(parts).sort())
    for (const folder of folders) {
      expect(files, `${folder} says what it is for`).toContain(`${product}/${folder}/README.md`)
    }
  })

  it('never switches the verification of TLS off', () => {
    const offenders = files
      .filter((file) => isSource(file) && !file.startsWith('test/'))
      // The emulator's server takes the connection of a client without certificate, and answers it 403 as Qlik does.
      .filter((file) => file !== 'packages/emulator/src/tls/secure-server.ts')
      .filter((file) => /rejectUnauthorized|NODE_TLS_REJECT_UNAUTHORIZED/.test(read(file)))
    expect(offenders).toEqual([])
  })

  it('has no private key', () => {
    const key = /-----BEGIN (RSA |EC |ENCRYPTED )?PRIVATE KEY-----[\s\\n]*[A-Za-z0-9+/]{20}/
    expect(files.filter((file) => !/\.(png|svg)$/.test(file) && key.test(read(file)))).toEqual([])
  })

  it('has no folder or file with a name that says nothing', () => {
    expect(files.filter((file) => /(^|\/)(utils?|helpers?|common|misc)(\/|\.)/.test(file))).toEqual(
      [],
    )
  })

  it('waits for what must become true by expect.poll alone, whose limit a busy machine never reaches', () => {
    const waits = /\bvi\.wait(For|Until)\(/
    expect(files.filter((file) => file.endsWith('.ts') && waits.test(read(file)))).toEqual([])
  })

  it('pins stardust, which the charts would silently replace', () => {
    const stardust = locked.filter(({ path }) => path.endsWith('/@nebula.js/stardust'))
    expect(stardust.map(({ version }) => version)).toEqual(['7.4.0'])
  })

  it('runs no install script of a package', () => {
    expect(locked.filter(({ hasInstallScript }) => hasInstallScript)).toEqual([])
  })

  it('has the hash of each package that it installs, and of no registry the address', () => {
    expect(locks).toEqual(['package-lock.json', 'scripts/setup/other-nodes/package-lock.json'])
    const fetched = locked.filter(({ path, link }) => path.includes('node_modules/') && !link)
    expect(fetched.length).toBeGreaterThan(200)
    const hash = /^sha512-[A-Za-z0-9+/]{86}==$/
    expect(fetched.filter(({ integrity = '' }) => !hash.test(integrity))).toEqual([])
    expect(fetched.filter(({ resolved }) => resolved !== undefined)).toEqual([])
  })

  it('has lock files that `npm ci` takes on every platform', () => {
    // npm leaves an optional package out of the lock when the registry did not have it, and
    // `npm ci` then refuses the lock: https://github.com/npm/cli/issues/4828
    const missing = locked
      .flatMap(({ lock, optionalDependencies = {} }) =>
        Object.keys(optionalDependencies).map((name) => ({ lock, name })),
      )
      .filter(({ lock, name }) =>
        locked.every((entry) => entry.lock !== lock || entry.path !== `node_modules/${name}`),
      )
    expect(missing).toEqual([])
  })

  it('has the types of each file checked by one project, and all projects by `npm run types`', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: { types: string } }
    const checked = [...scripts.types.matchAll(/tsc -p (\S+)/g)].map(([, project = '']) => project)
    const projects = files.filter((file) => /^tsconfig\.(?!base\.)\w+\.json$/.test(file))
    expect(checked.sort()).toEqual(projects.sort())
    const named = projects.flatMap(filesOf).filter((file) => files.includes(file))
    expect(named.sort()).toEqual(files.filter((file) => /\.[cm]?tsx?$/.test(file)).sort())
  })
})
