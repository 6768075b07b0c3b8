// The list of origins is not in the repository: JOTGATE_CORPORA names the folder that holds it.
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { gatewayRequest } from '../request.fixture.ts'
import { readSite } from '../site.ts'
import { assertPage } from './page-rules.ts'

const own = 'https://qlik.acme.example'
const page = 'https://www.acme.example'
const site = readSite(own, [page])

interface Asked {
  method: string
  site?: string
  mode?: string
  dest?: string
  origin?: string
  isProgram?: boolean
}

/** Whether a request passes; `upgrade` is a method here. */
function passes({ method, site: from, mode, dest, origin, isProgram = false }: Asked): boolean {
  const kind = method === 'upgrade' ? 'upgrade' : 'http'
  const headers = Object.fromEntries(
    Object.entries({
      origin,
      'sec-fetch-site': from,
      'sec-fetch-mode': mode,
      'sec-fetch-dest': dest,
    }).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
  const request = gatewayRequest({ method: kind === 'upgrade' ? 'GET' : method, headers })
  try {
    assertPage(request, { site, kind, isProgram })
    return true
  } catch (error) {
    expect(error).toMatchObject({ code: 'ERR_GATEWAY_PAGE', status: 403 })
    return false
  }
}

const lookAlikes = [
  'null',
  'https://evil.example',
  'http://www.acme.example',
  'https://www.acme.example:444',
  'https://www.acme.example.',
  'https://www.acme.example/',
  'https://WWW.acme.example',
  'https://www.acme.example.evil.example',
  'https://evilwww.acme.example',
  'https://acme.example',
  'https://other.acme.example',
  'https://www.acme.example, https://evil.example',
  'https://www.acme.example@evil.example',
  'https://www.acme.ex\u0430mple',
  '',
  '*',
]

/**
 * What is expected, the first line that fits: a value, `-` for an absent field, several by `|`, `?` for anything.
 * Origin `listed` is one of the two, `bad` any other.
 */
const table = `
  method          site                       mode      dest                   origin   passes
  ?               ?                          ?         ?                      bad      no
  GET|HEAD        -|same-origin|same-site|none  ?      ?                      ?        yes
  GET|HEAD        cross-site|odd             navigate  document|iframe|frame  ?        yes
  GET|HEAD        cross-site|odd             ?         ?                      ?        no
  POST|DELETE|upgrade  ?                     ?         ?                      -        no
  POST|DELETE|upgrade  -|same-origin|same-site|none  ?  ?                     listed   yes
  POST|DELETE|upgrade  cross-site|odd        ?         ?                      listed   no
`
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.trim().split(/ +/))

function expected(values: readonly (string | undefined)[], isBad: boolean): boolean {
  const origin = values[4] === undefined ? '-' : isBad ? 'bad' : 'listed'
  const cells = [...values.slice(0, 4).map((value) => value ?? '-'), origin]
  const line = table.find((one) =>
    cells.every((cell, at) => one[at] === '?' || one[at]?.split('|').includes(cell)),
  )
  if (line === undefined) throw new Error(`The table has no line for ${cells.join(' ')}`)
  return line[5] === 'yes'
}

it('follow one table for every method, Fetch Metadata and Origin (T-C08, T-C09, T-W02)', () => {
  let count = 0
  for (const method of ['GET', 'HEAD', 'POST', 'DELETE', 'upgrade'])
    for (const from of [undefined, 'same-origin', 'same-site', 'none', 'cross-site', 'odd'])
      for (const mode of [undefined, 'navigate', 'cors', 'no-cors', 'websocket'])
        for (const dest of [undefined, 'document', 'iframe', 'frame', 'image', 'empty', 'object'])
          for (const origin of [undefined, own, page, ...lookAlikes]) {
            const asked = { method, site: from, mode, dest, origin }
            const defined = Object.fromEntries(
              Object.entries(asked).filter(([, value]) => value !== undefined),
            )
            const isBad = origin !== undefined && lookAlikes.includes(origin)
            const result = passes(defined as unknown as Asked)
            const wanted = expected([method, from, mode, dest, origin], isBad)
            if (result !== wanted) expect({ ...asked, passes: result }).toEqual(wanted)
            count += 1
          }
  expect(count).toBeGreaterThan(600)
})

describe('a program', () => {
  it('needs no Origin, since no page of another site can send its token', () => {
    for (const method of ['GET', 'POST', 'upgrade'])
      expect(passes({ method, isProgram: true }), method).toBe(true)
  })

  it('that sends an Origin is a page', () => {
    expect(passes({ method: 'POST', isProgram: true, origin: 'https://evil.example' })).toBe(false)
    expect(passes({ method: 'POST', isProgram: true, origin: page })).toBe(true)
  })
})

const list = `${process.env.JOTGATE_CORPORA ?? ''}/open-redirect/oauth2-proxy-openredirects.txt`

it.skipIf(!existsSync(list))('take no origin of the list of open redirects', () => {
  const lines = readFileSync(list, 'utf8').split('\n').filter(Boolean)
  expect(lines.length).toBeGreaterThan(500)
  for (const origin of lines) expect(passes({ method: 'GET', origin }), origin).toBe(false)
})
