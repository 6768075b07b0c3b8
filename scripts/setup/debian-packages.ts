import { spawnSync } from 'node:child_process'

/** Whether packages of Debian may be installed here without asking: as root, with apt-get. */
export function mayInstallPackages(): boolean {
  return process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0
}

/** Installs packages; gives the last line of apt-get's complaint when that failed. */
export function installPackages(names: readonly string[]): string | undefined {
  const apt = (...args: string[]) =>
    spawnSync('apt-get', args, {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      encoding: 'utf8',
    })
  apt('update')
  const { status, stderr } = apt('install', '-y', '--no-install-recommends', ...names)
  return status === 0 ? undefined : stderr.trim().split('\n').at(-1)
}
