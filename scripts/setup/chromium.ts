import { existsSync } from 'node:fs'
import { installPackages, mayInstallPackages } from './debian-packages.ts'
import { findProgram, isExecutable } from './find-program.ts'

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
  const known = names.map(findProgram).find((file) => file !== undefined)
  return known ?? places.find(isExecutable)
}

/**
 * Finds Chromium, or installs Debian's where this may be done (root, apt-get, none there yet).
 *
 * @throws Error with the one line that says what to install
 */
export function ensureChromium(onStep: (text: string) => void): string {
  const found = findChromium()
  if (found) return found
  if (!process.env.JOTGATE_CHROMIUM && mayInstallPackages()) {
    onStep('Installing Chromium (apt-get install chromium) …')
    const complaint = installPackages(['chromium'])
    const installed = findChromium()
    if (installed) return installed
    throw new Error(`apt-get install chromium failed: ${complaint ?? 'it is not in PATH'}`)
  }
  throw new Error(
    'The browser tests need Chromium or Chrome: install one (Debian: sudo apt-get install chromium), ' +
      'or name its file in JOTGATE_CHROMIUM.',
  )
}
