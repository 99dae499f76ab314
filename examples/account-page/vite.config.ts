import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  // Inside this repository both packages are taken from their sources; elsewhere this changes nothing.
  // Its React is this page's own.
  resolve: {
    conditions: ['@user-profile/source', ...defaultClientConditions],
    dedupe: ['react', 'react-dom'],
  },
  server: { port: 5173, strictPort: true },
});
