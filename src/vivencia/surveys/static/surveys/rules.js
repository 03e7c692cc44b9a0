// The rules of a survey on a device (definition/rules.py, as offline.as_data tells them).
(function () {
  "use strict";
  var ORDERS = {
    "<": function (a, b) { return a < b; }, "<=": function (a, b) { return a <= b; },
    ">": function (a, b) { return a > b; }, ">=": function (a, b) { return a >= b; },
  };

  function answer(name, answers) {
    if (name in answers) return answers[name];
    var dot = name.indexOf(".");
    if (dot < 0) return null;
    var whole = answers[name.slice(0, dot)], part = name.slice(dot + 1);
    if (Array.isArray(whole)) return whole.indexOf(part) < 0 ? null : whole.indexOf(part) + 1;
    return whole && typeof whole === "object" && part in whole ? whole[part] : null;
  }

  function empty(value) {
    return value === null || value === undefined || value === "" ||
      (typeof value === "object" && !Object.keys(value).length);
  }

  function compare(value, operator, values) {
    if (operator === "empty") return empty(value);
    if (empty(value)) return operator === "!=";
    if (operator === "contains") {
      if (typeof value === "string") {
        return typeof values[0] === "string" &&
          value.toLowerCase().indexOf(values[0].toLowerCase()) >= 0;
      }
      return Array.isArray(value) && value.indexOf(values[0]) >= 0;
    }
    if (ORDERS[operator]) return typeof value === "number" && ORDERS[operator](value, values[0]);
    return (values.indexOf(value) >= 0) !== (operator === "!=");
  }

  function holds(rule, answers) {
    if (!rule) return true;
    var rest = rule.slice(1);
    if (rule[0] === "and") return rest.every(function (one) { return holds(one, answers); });
    if (rule[0] === "or") return rest.some(function (one) { return holds(one, answers); });
    if (rule[0] === "not") return !holds(rule[1], answers);
    return compare(answer(rule[1], answers), rule[0], rule[2]);
  }

  window.surveyRules = { holds: holds };
})();
