/** A call that reads, and the question that it answers. */
export interface RestCall {
  path: string
  title: string
}

/** What the explorer offers: none of these changes anything. */
export function restCalls(appId: string): readonly RestCall[] {
  return [
    { path: '/api/v1/users/me', title: 'Who am I?' },
    { path: '/api/v1/items?resourceType=app', title: 'Which apps may I open?' },
    { path: `/api/v1/apps/${appId}`, title: 'What is this app, and what may I do with it?' },
    { path: '/api/v1/spaces', title: 'Which spaces am I in?' },
    { path: '/api/v1/tenants/me', title: 'Which tenant is this?' },
    { path: '/api/v1/user-locale', title: 'Which language is set for me?' },
    { path: '/api/v1/groups', title: 'Which groups are there? (for administrators)' },
    { path: '/api/v1/web-integrations', title: 'Which pages may call Qlik? (for administrators)' },
  ]
}
