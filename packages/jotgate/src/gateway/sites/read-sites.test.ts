import { expect, it } from 'vitest'
import { cloud, type SigningKey } from '../../token/index.ts'
import { identifyByCallback } from '../identify/callback.ts'
import type { GatewayOptions } from '../options.ts'
import { readSites } from './read-sites.ts'

const upstream = {
  deployment: cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' }),
  key: {} as SigningKey,
}
const upstreams = { blue: upstream, green: upstream }
const siteAt = (name: string, more: object = {}) => ({
  publicUrl: `https://${name}.acme.example`,
  allowedOrigins: ['https://www.acme.example'],
  ...more,
})
const blue = siteAt('blue', { upstream: 'blue' })
const green = siteAt('green', { upstream: 'green' })

const read = (options: unknown) =>
  readSites({
    identify: identifyByCallback(() => undefined),
    ...(options as object),
  } as GatewayOptions)

it('is one site in front of one deployment, which needs no name', () => {
  const { sites, upstreams: behind, warnings } = read({ ...siteAt('qlik'), upstream })
  expect(sites).toMatchObject([{ site: { host: 'qlik.acme.example' }, upstream: 'upstream' }])
  expect(behind).toMatchObject([{ name: 'upstream', option: 'upstream' }])
  expect(warnings).toEqual([])
})

it('is a list of sites, each with its deployment and what is its own', () => {
  const identify = identifyByCallback(() => undefined)
  const { sites, warnings } = read({
    sites: [
      { ...blue, identify, loginUrl: 'https://www.acme.example/in', sameOrigin: true },
      green,
    ],
    upstreams,
  })
  expect(sites).toMatchObject([
    { upstream: 'blue', loginUrl: 'https://www.acme.example/in', sameOrigin: true },
    { upstream: 'green' },
  ])
  expect(sites[0]?.identify).toBe(identify)
  expect(sites[1]?.identify).not.toBe(identify)
  expect(warnings).toEqual([])
})

it('is several sites in front of one deployment', () => {
  const { sites } = read({ sites: [siteAt('a'), siteAt('b')], upstream })
  expect(sites.map((one) => one.upstream)).toEqual(['upstream', 'upstream'])
})

it('leaves the deployment to the person where a site names none of several', () => {
  const authorise = () => ({ allowed: false, reason: 'a test' })
  const { sites } = read({ ...siteAt('qlik'), upstreams, authorise })
  expect(sites).toMatchObject([{ upstream: undefined }])
  const own = read({ sites: [siteAt('qlik', { authorise, staticFilesFrom: 'green' })], upstreams })
  expect(own.sites).toMatchObject([{ upstream: undefined, staticFilesFrom: 'green' }])
})

it.each<[string, object, string, RegExp]>([
  ['both forms', { ...siteAt('a'), sites: [blue], upstreams }, 'sites', /publicUrl.*each site/],
  ['a login page of both', { loginUrl: 'x', sites: [blue], upstreams }, 'sites', /loginUrl/],
  ['neither form', { upstream }, 'publicUrl', /or `sites`/],
  ['an empty list', { sites: [], upstreams }, 'sites', /empty/],
  ['something else', { sites: 'blue', upstreams }, 'sites', /array/],
  ['a site that is a string', { sites: ['blue'], upstreams }, 'sites[0]', /object/],
  ['101 sites', { sites: Array(101).fill(blue), upstreams }, 'sites', /more than 100/],
  ['one host twice', { sites: [blue, green, blue], upstreams }, 'sites[2].publicUrl', /sites\[0\]/],
  [
    'one host name with two ports',
    { sites: [blue, { ...green, publicUrl: `${blue.publicUrl}:8443` }], upstreams },
    'sites[1].publicUrl',
    /all ports/,
  ],
  [
    'an address that is none',
    { sites: [blue, { ...green, publicUrl: 'green' }], upstreams },
    'sites[1].publicUrl',
    /./,
  ],
  [
    'a page of another site',
    { sites: [{ ...blue, allowedOrigins: ['https://evil.example'] }], upstreams },
    'sites[0].allowedOrigins[0]',
    /third party/,
  ],
  [
    'an unknown deployment',
    { sites: [siteAt('a', { upstream: 'red' })], upstreams },
    'sites[0].upstream',
    /`blue` and `green`/,
  ],
  [
    'a name where there is none',
    { sites: [blue], upstream },
    'sites[0].upstream',
    /give `upstreams`/,
  ],
  [
    'a name that is inherited',
    { sites: [siteAt('a', { upstream: 'toString' })], upstreams },
    'sites[0].upstream',
    /not a name/,
  ],
  [
    'nobody to choose',
    { sites: [siteAt('a')], upstreams },
    'sites[0].upstream',
    /`authorise` names/,
  ],
  [
    'nobody to choose, for one site',
    { ...siteAt('a'), upstreams },
    'authorise',
    /names one for each/,
  ],
  ['no deployment', siteAt('a'), 'upstream', /or give `upstreams`/],
  ['both kinds of deployments', { ...siteAt('a'), upstream, upstreams }, 'upstreams', /together/],
  ['no deployments', { ...siteAt('a'), upstreams: {} }, 'upstreams', /empty/],
  ['a list of deployments', { ...siteAt('a'), upstreams: [upstream] }, 'upstreams', /object/],
  [
    'a bad name',
    { ...siteAt('a'), upstreams: { 'a b': upstream } },
    'upstreams',
    /names of 1 to 64/,
  ],
  [
    'a deployment that is a string',
    { ...siteAt('a'), upstreams: { a: 'x' } },
    'upstreams.a',
    /object/,
  ],
  [
    'static files where there is no choice',
    { sites: [{ ...blue, staticFilesFrom: 'blue' }], upstreams },
    'sites[0].staticFilesFrom',
    /different upstreams/,
  ],
  [
    'nobody to identify',
    { sites: [blue], upstreams, identify: undefined },
    'sites[0].identify',
    /missing/,
  ],
])('refuses %s', (_, options, option, problem) => {
  expect(() => read(options)).toThrow(
    expect.objectContaining({
      code: 'ERR_GATEWAY_OPTION',
      details: { option, problem: expect.stringMatching(problem) },
    }),
  )
})

it('warns of a deployment that no site uses, and of pages of one site that may use another', () => {
  const open = { ...green, allowedOrigins: [blue.publicUrl] }
  expect(
    read({ sites: [blue, open], upstreams: { ...upstreams, red: upstream } }).warnings,
  ).toEqual([
    'No site uses the upstream red',
    expect.stringContaining(
      'Pages of https://blue.acme.example may use https://green.acme.example',
    ),
  ])
})
