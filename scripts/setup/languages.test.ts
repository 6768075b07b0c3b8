import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ensureLanguages, findLanguage, languages } from './languages.ts'

const { php, java } = languages

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jotgate-languages-'))
  vi.stubEnv('PATH', folder)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true })
})
const add = async (name: string, text = '') => {
  const file = join(folder, name)
  await writeFile(file, `#!/bin/sh\n${text}\n`)
  await chmod(file, 0o755)
}
const ensure = () => {
  const steps: string[] = []
  ensureLanguages([php, java], (text) => steps.push(text))
  return steps
}

describe('the languages of the guide', () => {
  it('are left alone when they are installed', async () => {
    await add('php')
    await add('java')
    expect(ensure()).toEqual([])
  })

  it('do not count without what the guide needs', async () => {
    await add('php', 'exit 1')
    expect(findLanguage(php)).toBeUndefined()
    await add('php')
    expect(findLanguage(php)).toBe(join(folder, 'php'))
  })

  it('are named, with the command to install them, when nothing may be installed', async () => {
    await add('php')
    // No apt-get in this PATH.
    expect(ensure()).toEqual([
      "The guide's tokens in Java are not tested: install them (Debian: sudo apt-get install default-jdk-headless).",
    ])
  })

  it.runIf(process.getuid?.() === 0)('are installed by apt-get as root', async () => {
    const made = ['php', 'java'].map((name) => `/bin/cp "$0" ${join(folder, name)}`).join(' && ')
    const line = 'install -y --no-install-recommends php-cli default-jdk-headless'
    await add('apt-get', `[ "$*" = "${line}" ] || exit 0\n${made}`)
    expect(ensure()).toEqual([
      'Installing PHP and Java (apt-get install php-cli default-jdk-headless) …',
    ])
  })

  it.runIf(process.getuid?.() === 0)('are named when apt-get could not install them', async () => {
    await add('java')
    await add('apt-get', '[ "$1" = --version ] && exit 0\nexit 100')
    expect(ensure()).toEqual([
      'Installing PHP (apt-get install php-cli) …',
      "The guide's tokens in PHP are not tested: install them (Debian: sudo apt-get install php-cli).",
    ])
  })
})
