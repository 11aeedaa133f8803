import adapter from '@sveltejs/adapter-static';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [
    sveltekit({
      // One page for every place: the server hands it out to whoever is signed in.
      adapter: adapter({ pages: 'build/site', fallback: 'index.html', precompress: true }),
      paths: { base: '/home', relative: false },
      // The layout begins it, with a scope that holds /home itself too.
      serviceWorker: { register: false },
      version: { pollInterval: 300_000 },
    }),
  ],
});
