import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

// Cloudscape brings its font in four weights, upright and italic, within its style sheet. Texts of
// the console are regular, italic or bold; the other five would be an eighth of the first view.
const faces = [
  ['400', 'normal'],
  ['400', 'italic'],
  ['700', 'normal'],
];
const fewerFaces: Plugin = {
  name: 'fewer-faces',
  enforce: 'pre',
  transform(code, id) {
    if (!id.endsWith('/global-styles/index.css')) return undefined;
    return code.replace(/@font-face\s*\{[^}]*\}/g, (face) => (faces.some(([weight, style]) => new RegExp(`font-weight:\\s*${weight};`).test(face) && new RegExp(`font-style:\\s*${style};`).test(face)) ? face : ''));
  },
};

// Stable file names: the built files are committed, and history must not grow by
// a new name a build. Browsers revalidate by ETag instead.
export default defineConfig({
  base: '/console/',
  plugins: [fewerFaces, react()],
  build: {
    target: 'es2022',
    outDir: '.build',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2000,
    rollupOptions: {
      output: {
        entryFileNames: '[name].js',
        chunkFileNames: '[name].js',
        assetFileNames: '[name][extname]',
        // What several chunks share is one chunk: many small ones compress worse.
        codeSplitting: { groups: [{ name: 'shared', minShareCount: 2 }] },
      },
    },
  },
  server: { proxy: { '^/(?!console/)': 'http://127.0.0.1:4566' } },
});
