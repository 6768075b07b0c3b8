// The traversal lists of PayloadsAllTheThings against the allow-list. They are not in the repository:
// JOTGATE_CORPORA names the folder that holds them, and without it this file says that it was skipped.
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { productFor } from '../../qlik/index.ts'
import { cloud } from '../../token/index.ts'
import { readTarget } from '../server/request-target.ts'
import { createAllowList } from './allow-list.ts'

const folder = `${process.env.JOTGATE_CORPORA ?? ''}/payloadsallthethings`
const absent = !existsSync(folder)
if (absent)
  console.warn('Skipped: traversal lists. JOTGATE_CORPORA names no folder that holds them.')

const tenant = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' })
const { gatewayRules: rules } = productFor(tenant)
const lists = [
  createAllowList({ rules }),
  // While a deployment is tried, every path but closed ones is carried.
  createAllowList({ rules, unlisted: 'report' }),
]

describe.skipIf(absent)('traversal lists', () => {
  const before = ['/', '/resources/', '/single', '/api/v1/items/', '/resources/%61/']
  const targets = ['api/v1/users', 'login/jwt-session', 'api%2Fv1%2Froles']

  it('lead nowhere that is not decided on, by any reading of the path (T-H04, G-R5)', () => {
    const lines = ['directory_traversal.txt', 'deep_traversal.txt'].flatMap((file) =>
      readFileSync(`${folder}/${file}`, 'utf8').split('\n').filter(Boolean),
    )
    expect(lines.length).toBeGreaterThan(1000)
    let carried = 0
    for (const line of lines)
      for (const target of targets)
        for (const start of before) {
          const asked = `${start}${line.replace('{FILE}', target)}`
          let path: string
          try {
            path = readTarget(asked, 8000).path
          } catch {
            continue
          }
          for (const list of lists) {
            if (!('route' in list.find('GET', path))) continue
            carried += 1
            const { pathname } = new URL(path, 'https://acme.eu.qlikcloud.com')
            expect(pathname, asked).toBe(path)
            const twice = decodeURIComponent(decodeURIComponent(path)).normalize('NFKC')
            expect(twice, asked).not.toMatch(/\\|(^|\/)\.+[ ;]*(\/|$)|\p{Cc}/u)
            expect(twice, asked).not.toMatch(/^\/+(login|api\/v1\/users)/)
          }
        }
    // Lines such as boot.ini alone lead nowhere and are carried.
    expect(carried).toBeGreaterThan(0)
  })
})
