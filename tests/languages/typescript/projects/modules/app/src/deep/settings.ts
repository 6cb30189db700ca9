const settings = { load() {} };
export default settings;
