// lasso
