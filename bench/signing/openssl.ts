import { spawnSync } from 'node:child_process'

/** What OpenSSL itself does in a second: the limit that Node's figures are held against. */
export interface OpensslSpeed {
  sign: number
  verify: number
}

/** Runs `openssl speed`, which does nothing but sign, then verify, in one or several processes. */
export function opensslSpeed(options: {
  bits: number
  processes: number
  seconds: number
}): OpensslSpeed {
  const { bits, processes, seconds } = options
  const several = processes > 1 ? ['-multi', String(processes)] : []
  const { stdout, error } = spawnSync(
    'openssl',
    ['speed', '-elapsed', '-seconds', String(seconds), ...several, `rsa${bits}`],
    { encoding: 'utf8' },
  )
  if (error) throw error
  const [, sign, verify] = /rsa\s+\d+ bits\s+\S+s\s+\S+s\s+([\d.]+)\s+([\d.]+)/.exec(stdout) ?? []
  if (sign === undefined || verify === undefined) throw new Error('openssl speed gave no figures')
  return { sign: Number(sign), verify: Number(verify) }
}

export function opensslVersion(): string {
  return spawnSync('openssl', ['version'], { encoding: 'utf8' })
    .stdout.split(' ')
    .slice(0, 2)
    .join(' ')
}
