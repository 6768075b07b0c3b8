import { type Context, Hono } from 'hono'
import { cardPagePolicy, toCardPage } from '../../pages/card-page.ts'
import { escapeHtml } from '../../pages/escape-html.ts'
import type { Cloud, CloudEnv, KnownCaller } from '../cloud.ts'
import { checkAppAccess } from '../spaces/access.ts'

/** Calls from the browser's console work here, as they do in the hub of a tenant. */
const homePolicy = `${cardPagePolicy}; connect-src 'self'`

/** Stands in for the hub: who is logged in, and the apps that they may open. */
function toHomePage(cloud: Cloud, caller: KnownCaller): string {
  const apps = cloud.engine
    .apps()
    .filter(({ id }) => checkAppAccess(cloud, id, caller, { counts: false }) === undefined)
    .map(
      ({ id, name }) =>
        `<li><a class="row" href="/sense/app/${encodeURIComponent(id)}">${escapeHtml(name)}</a></li>`,
    )
  const list = apps.length === 0 ? '<p>No app is open to you.</p>' : `<ul>${apps.join('\n')}</ul>`
  return toCardPage({
    title: 'Home: jotgate-emulator',
    body: `<h1>Home</h1>
<p>You are logged in as ${escapeHtml(caller.user.name)}. This page stands in for the hub of a tenant; it is not Qlik.</p>
<h2>Apps</h2>
${list}
<p class="ways"><a href="/logout">Log out</a> <a href="/_emulator">What the emulator saw</a></p>`,
  })
}

const nobodyPage = toCardPage({
  title: 'Nobody is logged in: jotgate-emulator',
  body: `<h1>Nobody is logged in</h1>
<p>This is a local stand-in for a tenant of Qlik Cloud. It is not Qlik.</p>
<p class="ways"><a href="/login">Log in</a> <a href="/_emulator">What the emulator saw</a></p>`,
})

/**
 * `/`: where log-in and log-out lead when they are told no other place. A person whom nobody knows is led
 * to the log-in; what a page fetched, which is how pages log out, ends here and begins none.
 */
export function homeRoutes(cloud: Cloud): Hono<CloudEnv> {
  return new Hono<CloudEnv>().get('/', (c: Context<CloudEnv>) => {
    const caller = c.get('caller')
    if (caller.kind === 'nobody' && c.req.header('accept')?.includes('text/html'))
      return c.redirect('/login', 302)
    c.header('content-security-policy', homePolicy)
    c.header('x-content-type-options', 'nosniff')
    return c.html(caller.kind === 'nobody' ? nobodyPage : toHomePage(cloud, caller))
  })
}
