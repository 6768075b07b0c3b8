import { spawnSync } from 'node:child_process'
import { installPackages, mayInstallPackages } from './debian-packages.ts'
import { findProgram } from './find-program.ts'

/** A language of docs/guides/tokens-in-other-languages.md whose program is run by a test. */
export interface Language {
  name: string
  /** In PATH, or a whole path: a Python in PATH may be one without Debian's libraries. */
  programs: readonly string[]
  /** Arguments with which the program ends with 0 where it has what the guide needs. */
  probe: readonly string[]
  /** Debian's packages of all that. */
  packages: readonly string[]
}

export const languages = {
  python: {
    name: 'Python',
    programs: ['python3', '/usr/bin/python3'],
    probe: ['-c', 'import jwt, cryptography'],
    packages: ['python3-jwt', 'python3-cryptography'],
  },
  php: {
    name: 'PHP',
    programs: ['php'],
    probe: ['-r', 'exit(function_exists("openssl_sign") ? 0 : 1);'],
    packages: ['php-cli'],
  },
  java: {
    name: 'Java',
    programs: ['java'],
    // The compiler in it, and not one that is too old.
    probe: ['-m', 'jdk.compiler/com.sun.tools.javac.Main', '--release', '17', '-version'],
    packages: ['default-jdk-headless'],
  },
} satisfies Record<string, Language>

/** Finds the program of a language that has all that the guide needs. */
export function findLanguage({ programs, probe }: Language): string | undefined {
  return programs
    .map((name) => (name.startsWith('/') ? name : findProgram(name)))
    .find((program) => program !== undefined && spawnSync(program, probe).status === 0)
}

/**
 * Installs Debian's packages of the languages that are missing, where this may be done (root, apt-get). Whoever
 * works on jotgate need not have them: elsewhere it says what to install, and their tests are skipped.
 */
export function ensureLanguages(wanted: readonly Language[], onStep: (text: string) => void): void {
  const missing = wanted.filter((language) => findLanguage(language) === undefined)
  if (missing.length === 0) return
  const packages = missing.flatMap((language) => language.packages)
  if (mayInstallPackages()) {
    onStep(`Installing ${namesOf(missing)} (apt-get install ${packages.join(' ')}) …`)
    installPackages(packages)
  }
  const absent = missing.filter((language) => findLanguage(language) === undefined)
  if (absent.length === 0) return
  const words = absent.flatMap((language) => language.packages).join(' ')
  onStep(
    `The guide's tokens in ${namesOf(absent)} are not tested: install them (Debian: sudo apt-get install ${words}).`,
  )
}

function namesOf(some: readonly Language[]): string {
  return some.map(({ name }) => name).join(' and ')
}
