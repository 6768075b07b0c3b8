import { html } from 'hono/html'
import type { DemoUser } from './users.ts'

/**
 * Writes the sign-in page: the built template with a card for each person.
 *
 * @param template the built `sign-in.html`, with the marks `<!-- notice -->` and `<!-- people -->`
 * @param users who can sign in
 * @param notice what stood in the way of the last try, if anything did
 * @throws Error when the template lacks one of its marks
 */
export async function renderSignInPage(
  template: string,
  users: readonly DemoUser[],
  notice?: { title: string; hint: string },
): Promise<string> {
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
  return fill(fill(template, '<!-- people -->', String(people)), '<!-- notice -->', String(alert))
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
