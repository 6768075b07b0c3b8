import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'msedge']
const places = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
]

/** Finds a Chromium that the browser tests can drive; JOTGATE_CHROMIUM names one by hand. */
function findChromium(): string | undefined {
  const chosen = process.env.JOTGATE_CHROMIUM
  if (chosen) return existsSync(chosen) ? chosen : undefined
  const folders = (process.env.PATH ?? '').split(delimiter)
  const candidates = [
    ...names.flatMap((name) => folders.map((folder) => join(folder, name))),
    ...places,
  ]
  return candidates.find(isExecutable)
}

/**
 * Finds Chromium, or installs Debian's where this may be done (root, apt-get, none there yet).
 *
 * @throws Error with the one line that says what to install
 */
export function ensureChromium(onStep: (text: string) => void): string {
  const found = findChromium()
  if (found) return found
  const mayInstall = process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0
  if (mayInstall && !process.env.JOTGATE_CHROMIUM) {
    onStep('Installing Chromium (apt-get install chromium) …')
    const apt = (...args: string[]) =>
      spawnSync('apt-get', args, {
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
        encoding: 'utf8',
      })
    apt('update')
    const install = apt('install', '-y', '--no-install-recommends', 'chromium')
    const installed = findChromium()
    if (installed) return installed
    throw new Error(`apt-get install chromium failed: ${install.stderr.trim().split('\n').at(-1)}`)
  }
  throw new Error(
    'The browser tests need Chromium or Chrome: install one (Debian: sudo apt-get install chromium), ' +
      'or name its file in JOTGATE_CHROMIUM.',
  )
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
