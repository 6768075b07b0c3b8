import { messageOf } from '../charts/notice.ts'
import { button, h } from '../element.ts'
import { type PagePlace, readPageData, readPagePlace } from '../page-data.ts'

/** What the server says to the hub: who asks, and what security rules let them read. */
interface HubData extends PagePlace {
  readonly user: { readonly directory: string; readonly id: string; readonly name: string }
  readonly virtualProxy: string
  /** The person's own apps come as a stream without an ID. */
  readonly streams: readonly {
    readonly id?: string
    readonly name: string
    readonly apps: readonly { readonly id: string; readonly name: string }[]
  }[]
}

function find(id: string): HTMLElement {
  const element = document.getElementById(id)
  if (element === null) throw new Error(`The page lacks #${id}`)
  return element
}

/** Ends the session as Qlik's hub does, and says so in place of the apps. */
async function logOut(base: string): Promise<void> {
  const key = crypto.randomUUID().replaceAll('-', '').slice(0, 16)
  const answer = await fetch(`${base}/qps/user?xrfkey=${key}`, {
    method: 'DELETE',
    headers: { 'x-qlik-xrfkey': key },
  })
  if (!answer.ok) throw new Error(`The server answered ${answer.status}.`)
  find('who').replaceChildren()
  showInstead('You are logged out', 'The session has ended. The next token opens another one.')
  document.body.dataset.state = 'logged-out'
}

function showInstead(title: string, detail: string): void {
  find('streams').replaceChildren(
    h('section', { class: 'notice', role: 'status' }, h('h2', {}, title), h('p', {}, detail)),
  )
}

function showWho({ user, virtualProxy, base }: HubData): void {
  const problem = h('p', { class: 'problem', role: 'alert' })
  const leave = () => {
    logOut(base).catch((error: unknown) => {
      problem.textContent = `The session was not ended. ${messageOf(error)}`
    })
  }
  find('who').replaceChildren(
    h('p', {}, h('strong', {}, user.name)),
    h('p', {}, h('code', {}, `${user.directory}\\${user.id}`), `, virtual proxy ${virtualProxy}`),
    button('Log out', leave),
    problem,
  )
}

function showStreams({ streams, base }: HubData): void {
  if (streams.length === 0) {
    showInstead(
      'No stream and no app for you',
      'No security rule lets this user read one. Look at the user directory and user ID above, and at the rules.',
    )
    return
  }
  const sections = streams.map(({ id, name, apps }, index) => {
    const title = `stream-${index}`
    const links = apps.map((app) =>
      h('li', {}, h('a', { href: `${base}/sense/app/${encodeURIComponent(app.id)}` }, app.name)),
    )
    return h(
      'section',
      { 'aria-labelledby': title, 'data-stream': id },
      h('h2', { id: title }, name),
      apps.length === 0 ? h('p', { class: 'empty' }, 'No app.') : h('ul', {}, ...links),
    )
  })
  find('streams').replaceChildren(...sections)
}

const data = { ...readPageData<HubData>(), ...readPagePlace() } as HubData
showWho(data)
showStreams(data)
document.body.dataset.state = 'shown'
