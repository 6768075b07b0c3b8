// qlik/hono.mjs: the page, its login and its tokens. In your server: app.route('/chart', qlik)
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { logIn, loginPage, userOf } from './login.mjs'
import { answerToken } from './token.mjs'

const page = join(import.meta.dirname, 'page/dist')

export const qlik = new Hono()

qlik.get('/', async (c) => {
  if (!userOf(c.req.header('cookie'))) return c.html(loginPage)
  return c.html(await readFile(join(page, 'index.html'), 'utf8'))
})

qlik.post('/login', bodyLimit({ maxSize: 1024 }), async (c) => {
  const { password } = await c.req.parseBody()
  const cookie = logIn(password)
  if (cookie === undefined) return c.html(loginPage, 401)
  c.header('set-cookie', cookie)
  return c.redirect('/chart', 303)
})

qlik.post('/token', bodyLimit({ maxSize: 1024 }), (c) =>
  answerToken(c.req.raw.headers, userOf(c.req.header('cookie'))),
)

qlik.use(
  '/*',
  serveStatic({ root: page, rewriteRequestPath: (path) => path.replace(/^\/chart/, '') }),
)
