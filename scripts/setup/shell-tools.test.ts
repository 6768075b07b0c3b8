import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ensureShellTools } from './shell-tools.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jotgate-tools-'))
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
  try {
    ensureShellTools((text) => steps.push(text))
  } catch (error) {
    return { steps, error: String(error) }
  }
  return { steps, error: undefined }
}

describe('the tools of shell lines', () => {
  it('are left alone when they are installed', async () => {
    await add('curl')
    await add('jq')
    expect(ensure()).toEqual({ steps: [], error: undefined })
  })

  it('are named, with the command to install them, when nothing may be installed', async () => {
    await add('curl')
    // No apt-get in this PATH.
    expect(ensure()).toEqual({
      steps: [],
      error:
        'Error: The tests of shell lines need jq: install them (Debian: sudo apt-get install jq).',
    })
  })

  it.runIf(process.getuid?.() === 0)('are installed by apt-get as root', async () => {
    const made = ['curl', 'jq'].map((name) => `/bin/cp "$0" ${join(folder, name)}`).join(' && ')
    await add(
      'apt-get',
      `[ "$*" = "install -y --no-install-recommends curl jq" ] || exit 0\n${made}`,
    )
    expect(ensure()).toEqual({
      steps: ['Installing curl and jq (apt-get install curl jq) …'],
      error: undefined,
    })
  })

  it.runIf(process.getuid?.() === 0)('say why apt-get could not install them', async () => {
    await add('apt-get', '[ "$1" = --version ] && exit 0\necho "E: no network" >&2\nexit 100')
    expect(ensure().error).toBe('Error: apt-get install curl jq failed: E: no network')
  })
})
