import { installPackages, mayInstallPackages } from './debian-packages.ts'
import { findProgram } from './find-program.ts'

/** What the tests of shell lines call, as CI jobs do; Debian's packages have the same names. */
const tools = ['curl', 'jq']

/**
 * Finds curl and jq, or installs Debian's where this may be done (root, apt-get).
 *
 * @throws Error with the one line that says what to install
 */
export function ensureShellTools(onStep: (text: string) => void): void {
  const missing = tools.filter((name) => findProgram(name) === undefined)
  if (missing.length === 0) return
  const words = missing.join(' ')
  if (!mayInstallPackages())
    throw new Error(
      `The tests of shell lines need ${missing.join(' and ')}: install them (Debian: sudo apt-get install ${words}).`,
    )
  onStep(`Installing ${missing.join(' and ')} (apt-get install ${words}) …`)
  const complaint = installPackages(missing)
  if (missing.some((name) => findProgram(name) === undefined))
    throw new Error(`apt-get install ${words} failed: ${complaint ?? 'nothing was installed'}`)
}
