import { html } from 'hono/html'
import type { DemoUser } from './users.ts'

/**
 * Writes the sign-in page: the built template with a card for each person.
 *
 * @param template the built `sign-in.html`, with the marks `notice`, `to` and `people`
 * @param options.users who can sign in
 * @param options.to the view to go on to
 * @param options.notice what stood in the way of the last try, if anything did
 * @throws Error when the template lacks one of its marks
 */
export async function renderSignInPage(
  template: string,
  options: {
    users: readonly DemoUser[]
    to: string
    notice?: { title: string; hint: string } | undefined
  },
): Promise<string> {
  const { users, to, notice } = options
  const people = await html`${users.map(
    (user) => html`<li>
      <button class="person" type="submit" name="user" value="${user.id}">
        <span class="person-initials person-${user.id}" aria-hidden="true">${initialsOf(user)}</span>
        <span class="person-words">
          <span class="person-name">${user.name}</span>
          <span class="person-role">${user.role}</span>
          <span class="person-sees">${user.sees}</span>
        </span>
      </button>
    </li>`,
  )}`
  const alert = notice
    ? await html`<p class="notice" role="alert"><strong>${notice.title}.</strong> ${notice.hint}</p>`
    : ''
  const goOnTo = await html`<input type="hidden" name="to" value="${to}" />`
  const marks = { people, notice: alert, to: goOnTo }
  return Object.entries(marks).reduce(
    (page, [name, text]) => fill(page, `<!-- ${name} -->`, String(text)),
    template,
  )
}

function fill(template: string, mark: string, text: string): string {
  if (!template.includes(mark)) throw new Error(`The sign-in page lacks its mark ${mark}`)
  return template.replace(mark, () => text)
}

function initialsOf(user: DemoUser): string {
  return user.name
    .split(' ')
    .map((word) => word.charAt(0))
    .join('')
}
