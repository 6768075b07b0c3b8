import { Hono } from 'hono'
import type { Cloud, CloudEnv } from '../cloud.ts'
import { knownCaller, requireUser } from '../guards.ts'

const languages = [
  'en',
  'de',
  'fr',
  'es',
  'it',
  'nl',
  'pl',
  'pt',
  'ru',
  'sv',
  'tr',
  'zh',
  'ja',
  'ko',
]

/** The first language of `Accept-Language` that the tenant has. */
function readLanguage(header: string | undefined): string {
  for (const one of (header ?? '').split(',')) {
    const language = one.split(/[;-]/)[0]?.trim().toLowerCase()
    if (language !== undefined && languages.includes(language)) return language
  }
  return 'en'
}

/** `/api/v1/user-locale`. @qlik/api asks it before it opens a lost web socket again: 200 with JSON means "still logged in". */
export function userLocaleRoutes(cloud: Cloud): Hono<CloudEnv> {
  return new Hono<CloudEnv>().get('/', requireUser('number'), (c) => {
    const { user } = knownCaller(c)
    const locale = readLanguage(c.req.header('accept-language'))
    return c.json({
      userId: user.id,
      tenantId: cloud.state.tenantId,
      locale,
      preferredLocale: user.preferredLocale ?? locale,
    })
  })
}
