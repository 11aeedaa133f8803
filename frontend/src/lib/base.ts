// Below which path the server hands the workroom out (src/http/web/workroom, and `paths` in vite.config.ts).
export const base = '/home';
