import type { Words } from './language';

// Words that several parts of the console use. Those of one component stand in its file.

const en = {
  product: 'pasarela',
  apis: 'APIs',
  iam: 'Identity and access',
  explain: 'Explain',
  apiSettings: 'API settings',
  certificates: 'Client certificates',
  develop: 'Develop',
  deploy: 'Deploy',
  observe: 'Observe',
  wizard: 'HTTP integration on $connect',
  navigation: 'Navigation',
  path: 'Where you are',
  backup: 'Export and import',
  language: 'Language',
  appearance: 'Appearance',
  light: 'Light',
  dark: 'Dark',
  signedInAs: 'Signed in',
  signOut: 'Sign out',
  notFound: 'There is no such page.',
  reload: 'Reload',
  dismiss: 'Close this message',
  loading: 'Loading',
  failed: 'This could not be loaded',
};

const es: typeof en = {
  product: 'pasarela',
  apis: 'APIs',
  iam: 'Identidad y acceso',
  explain: 'Explicación',
  apiSettings: 'Ajustes de la API',
  certificates: 'Certificados de cliente',
  develop: 'Desarrollar',
  deploy: 'Desplegar',
  observe: 'Observar',
  wizard: 'Integración HTTP en $connect',
  navigation: 'Navegación',
  path: 'Dónde estás',
  backup: 'Exportar e importar',
  language: 'Idioma',
  appearance: 'Apariencia',
  light: 'Claro',
  dark: 'Oscuro',
  signedInAs: 'Sesión iniciada',
  signOut: 'Cerrar sesión',
  notFound: 'No existe esta página.',
  reload: 'Recargar',
  dismiss: 'Cerrar este mensaje',
  loading: 'Cargando',
  failed: 'No se pudo cargar',
};

export const commonWords: Words<typeof en> = { en, es };
